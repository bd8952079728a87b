// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <iostream>
#include <string>
#include <system_error>

#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"

/// The greeting of page 1 as tasks: written once, and run by several programs, each in its own way.
namespace greeting {

namespace io = zocalo::io;
namespace net = zocalo::net;

/// Thanks one client. That it has gone already is no reason for the others to end.
inline io::task<> thank(io::stream client) try {
    co_await client.write("Thank you for connecting");
    co_await client.finish();
} catch (const std::system_error& error) {
    std::cerr << error.what() << '\n';
}

using handler = std::function<io::task<>(io::stream)>;

/// Gives everybody who connects to the handler, all of them side by side.
inline io::task<> accept_all(io::listener& server, io::scope& clients, const handler& handle) {
    for (;;) {
        io::stream client = co_await server.accept();
        std::cout << "Got connection from " << client.peer_endpoint() << '\n';
        clients.spawn(handle(std::move(client)));
    }
}

/// The whole server, until it is cancelled.
inline io::task<> serve(net::endpoint where, handler handle = thank) {
    io::listener server = co_await io::listen(where);
    std::cout << "listening on " << server.local_endpoint() << '\n';
    io::scope clients;  // nobody is left behind: it ends when all of them have
    co_await clients.run(accept_all(server, clients, handle));
}

/// The client: everything that the server says, 1024 bytes at most.
inline io::task<std::string> ask(net::endpoint server) {
    io::stream line = co_await io::connect(server);
    std::string words(1024, '\0');
    words.resize(co_await line.read_exactly(words));
    co_return words;
}

}  // namespace greeting
