// SPDX-License-Identifier: MIT
// engine_lines: a server and a client of lines, on one loop.
#include <iostream>

#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/writer.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;

io::task<> answer(io::stream peer) {
    io::writer out(peer);
    io::reader in(peer, out);  // flushes `out` before it waits
    for (;;) {
        const std::optional<std::string_view> line = co_await in.read_until("\n", 1000);
        if (!line) co_return;
        out.put("got ");
        out.put(*line);
        out.put("\n");
    }
}

io::task<> accept_all(io::listener& listener, io::scope& clients) {
    for (;;) {
        io::stream peer = co_await listener.accept();
        clients.spawn(answer(std::move(peer)));
    }
}

io::task<> ask(net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    co_await peer.write(std::string_view("one\ntwo\n"));
    co_await peer.finish();
    io::reader in(peer);
    const std::string all = co_await in.read_all(1000);
    std::cout << all;
}

io::task<> show() {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    io::scope clients;
    auto talk = io::any(clients.run(accept_all(listener, clients)), ask(listener.local_endpoint()));
    co_await std::move(talk);  // until ask() has its answers
}

int main() {
    io::loop().run(show());
}
