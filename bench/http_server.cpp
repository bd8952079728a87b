// SPDX-License-Identifier: MIT
// Answers `Hello, World!` on /: the small response of bench/http.py.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/net/listen.hpp"

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

namespace {

struct settings {
    io::backend_kind kind = io::backend_kind::automatic;
    unsigned threads = 1;
    std::uint16_t port = 0;
};

http::site make_site() {
    http::site site;
    site.routes.get("/", [](http::exchange& asked) { asked.reply("Hello, World!"); });
    return site;
}

serve::server_options generous() {
    serve::server_options options;
    options.limits.connections = options.limits.per_address = 100'000;
    return options;
}

io::task<> serve_at(const http::site& site, net::endpoint where, bool announces) {
    serve::server server(site.handler(), generous());
    const net::endpoint at = co_await server.listen(where, {.backlog = 4096, .reuse_port = true});
    if (announces) std::cout << "listening on " << at << std::endl;
    co_await server.run();
}

void run(const settings& wanted) {
    const http::site site = make_site();
    const net::endpoint where(net::address::loopback_v4(), wanted.port);
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < wanted.threads; ++i) {
        others.emplace_back([&] {
            io::loop loop(wanted.kind);
            loop.run(serve_at(site, where, false));
        });
    }
    io::loop loop(wanted.kind);
    loop.run(serve_at(site, where, true));
}

}  // namespace

int main(int argc, char** argv) {
    settings wanted;
    const std::map<std::string, io::backend_kind> kinds{{"poll", io::backend_kind::poll},
                                                        {"epoll", io::backend_kind::epoll},
                                                        {"uring", io::backend_kind::uring}};
    CLI::App options("Answers requests over HTTP with Hello, World!");
    options.add_option("--backend", wanted.kind, "poll, epoll or uring")
        ->transform(CLI::CheckedTransformer(kinds));
    options.add_option("--threads", wanted.threads, "loops, a thread each")
        ->check(CLI::Range(1, 256));
    options.add_option("--port", wanted.port, "on 127.0.0.1; 0: the system's choice");
    CLI11_PARSE(options, argc, argv);
    try {
        run(wanted);
    } catch (const std::exception& error) {
        std::cerr << "http_server: " << error.what() << '\n';
        return 1;
    }
}
