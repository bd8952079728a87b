// SPDX-License-Identifier: MIT
// websocket_probe CERTIFICATE KEY: https with a page at "/page" and a WebSocket at "/echo". Says of
// each request on which connection it came, and what it was.
#include <iostream>
#include <optional>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/serve/run.hpp"
#include "zocalo/tls/context.hpp"
#include "zocalo/ws/ws.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
namespace ws = zocalo::ws;

void tell(const http::exchange& asked) {
    const http::request_head& head = asked.request();
    const bool is_2 = head.version == http::version::http_2;
    std::cout << asked.client().number() << ' ' << head.method.text() << ' '
              << zocalo::escaped(head.protocol) << ' ' << zocalo::escaped(head.target) << ' '
              << (is_2 ? "HTTP/2" : "HTTP/1.1") << '\n';
}

io::task<> echo(ws::connection& peer, const http::exchange& asked) {
    tell(asked);
    for (;;) {
        io::task<std::optional<ws::message>> next = peer.receive();
        std::optional<ws::message> got = co_await std::move(next);
        if (!got) break;
        io::task<> sending = peer.send(*std::move(got));
        co_await std::move(sending);
    }
    std::cout << "closed " << number(peer.peer_reason()->code) << '\n';
}

void show_page(http::exchange& asked) {
    tell(asked);
    asked.response().fields.set("Content-Type", "text/html");
    asked.reply("<!doctype html><title>page</title>");
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) throw std::invalid_argument("CERTIFICATE KEY");
    std::cout << std::unitbuf;
    http::site site;
    site.routes.get("/page", show_page);
    ws::serve_options how;
    how.terms.deflate = ws::deflate_options{};
    how.terms.subprotocols = {"echo"};
    ws::add_route(site.routes, "/echo", echo, how);

    tls::server_options secret;
    secret.credentials = tls::credentials::load(argv[1], argv[2]);
    secret.alpn = {"h2", "http/1.1"};
    const tls::server_context context(secret);
    const serve::handler plain = site.handler();
    const auto talk = [&](serve::connection& client) -> io::task<> {
        io::task<> securing = client.secure(context);
        co_await std::move(securing);
        io::task<> talking = plain(client);
        co_await std::move(talking);
    };
    serve::run_options options;
    options.addresses = {net::endpoint::parse("127.0.0.1:0")};
    options.fleet.loops = 1;
    options.fleet.server.begins_with_tls = true;
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at " << where.front() << '\n';
    };
    serve::run(talk, options);
} catch (const std::exception& error) {
    std::cerr << "websocket_probe: " << error.what() << '\n';
    return 1;
}
