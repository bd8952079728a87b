// SPDX-License-Identifier: MIT
// engine_cancelled: a scope is cancelled, and its tasks say goodbye.
#include <iostream>

#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/shield.hpp"
#include "zocalo/io/stream.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace std::chrono_literals;

io::task<> echo(io::stream peer) {
    try {
        for (;;) {
            const io::chunk got = co_await peer.read();
            if (got.empty()) co_return;
            co_await peer.write(got);
        }
    } catch (const net::stopped&) {  // no co_await in here
        std::cout << "cancelled" << std::endl;
    }
    auto goodbye = io::shield(1s, peer.write(std::string_view("bye\n")));
    co_await std::move(goodbye);
}

io::task<> start(io::scope& clients, io::stream first) {
    clients.spawn(echo(std::move(first)));
    co_return;
}

io::task<> show() {
    std::pair<io::stream, io::stream> ends = io::stream::pair();
    co_await ends.second.write(std::string_view("hello\n"));
    io::scope clients;
    auto for_a_while = io::any(clients.run(start(clients, std::move(ends.first))), io::sleep(50ms));
    co_await std::move(for_a_while);  // both have ended, whoever was first
    for (;;) {
        const io::chunk got = co_await ends.second.read();
        if (got.empty()) co_return;
        std::cout << got.text();
    }
}

int main() {
    io::loop().run(show());
}
