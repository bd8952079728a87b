// SPDX-License-Identifier: MIT
// engine_datagrams: a question and its answer by UDP, and one that nobody answers.
#include <iostream>

#include "zocalo/io/all.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace std::chrono_literals;

io::task<> answer_one(io::datagram& server) {
    std::string room(1500, '\0');
    const auto [size, peer] = co_await server.receive_from(room);
    room.resize(size);
    room += ", too";
    co_await server.send_to(room, peer);
}

io::task<> ask(net::endpoint where) {
    io::datagram client = co_await io::connect_datagram(where);  // nobody else is heard
    co_await client.send(std::string_view("hello"));
    std::string room(1500, '\0');
    auto answer = io::timeout(2s, client.receive_from(room));
    const auto [size, peer] = co_await std::move(answer);
    std::cout << room.substr(0, size) << '\n';

    co_await client.send(std::string_view("again"));
    try {
        auto silence = io::timeout(50ms, client.receive_from(room));
        co_await std::move(silence);
    } catch (const std::system_error& error) {
        std::cout << "timed out: " << std::boolalpha << (error.code() == std::errc::timed_out)
                  << '\n';
    }
}

io::task<> show() {
    io::datagram server = co_await io::open_datagram(net::endpoint::parse("127.0.0.1:0"));
    auto both = io::all(answer_one(server), ask(server.local_endpoint()));
    co_await std::move(both);
}

int main() {
    io::loop().run(show());
}
