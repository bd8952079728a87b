// SPDX-License-Identifier: MIT
// Sends back what it hears over WebSocket.
//
//     websocket_server [ADDRESS:PORT]
#include <iostream>
#include <optional>
#include <span>
#include <utility>

#include "zocalo/http/server.hpp"
#include "zocalo/serve/run.hpp"
#include "zocalo/ws/ws.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace ws = zocalo::ws;

io::task<> echo(ws::connection& peer, const http::exchange& /*asked*/) {
    for (;;) {
        io::task<std::optional<ws::message>> next = peer.receive();
        std::optional<ws::message> got = co_await std::move(next);
        if (!got) co_return;
        io::task<> sending = peer.send(*std::move(got));
        co_await std::move(sending);
    }
}

}  // namespace

int main(int argc, char** argv) try {
    ws::serve_options how;
    how.terms.deflate = ws::deflate_options{};  // for clients that want it
    how.terms.subprotocols = {"echo"};
    http::site site;
    ws::add_route(site.routes, "/echo", echo, how);
    zocalo::serve::run_options options;
    options.addresses = {net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:8000")};
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at ws://" << where.front() << "/echo" << std::endl;
    };
    zocalo::serve::run(site.handler(), options);
} catch (const std::exception& error) {
    std::cerr << "websocket_server: " << error.what() << '\n';
    return 1;
}
