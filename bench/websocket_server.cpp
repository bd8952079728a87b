// SPDX-License-Identifier: MIT
// Sends each message of a WebSocket back: the server of bench/websocket.py.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/ws/server.hpp"

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace ws = zocalo::ws;

namespace {

io::task<> echo(ws::connection& peer, const http::exchange& /*asked*/) {
    for (;;) {
        io::task<std::optional<ws::message>> next = peer.receive();
        std::optional<ws::message> got = co_await std::move(next);
        if (!got) co_return;
        io::task<> sending = peer.send(*std::move(got));
        co_await std::move(sending);
    }
}

io::task<> serve_site(const http::site& site) {
    serve::server_options options;
    options.limits.connections = options.limits.per_address = 100'000;
    serve::server server(site.handler(), options);
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint at = co_await server.listen(any, {.backlog = 4096});
    std::cout << "listening on " << at << std::endl;
    co_await server.run();
}

}  // namespace

int main(int argc, char** argv) {
    io::backend_kind kind = io::backend_kind::automatic;
    const std::map<std::string, io::backend_kind> kinds{{"poll", io::backend_kind::poll},
                                                        {"epoll", io::backend_kind::epoll},
                                                        {"uring", io::backend_kind::uring}};
    CLI::App options("Sends messages back over WebSocket");
    options.add_option("--backend", kind, "poll, epoll or uring")
        ->transform(CLI::CheckedTransformer(kinds));
    CLI11_PARSE(options, argc, argv);
    try {
        http::site site;
        ws::add_route(site.routes, "/", echo);
        io::loop loop(kind);
        loop.run(serve_site(site));
    } catch (const std::exception& error) {
        std::cerr << "websocket_server: " << error.what() << '\n';
        return 1;
    }
}
