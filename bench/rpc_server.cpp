// SPDX-License-Identifier: MIT
// Adds two numbers over XML-RPC: the server of bench/rpc.py.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/rpc/server.hpp"

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

namespace {

serve::server_options generous() {
    serve::server_options options;
    options.limits.connections = options.limits.per_address = 100'000;
    return options;
}

io::task<> serve_at(const http::site& site, net::endpoint where) {
    serve::server server(site.handler(), generous());
    const net::endpoint at = co_await server.listen(where);
    std::cout << "listening on " << at << std::endl;
    co_await server.run();
}

}  // namespace

int main(int argc, char** argv) {
    io::backend_kind kind = io::backend_kind::automatic;
    const std::map<std::string, io::backend_kind> kinds{{"epoll", io::backend_kind::epoll},
                                                        {"uring", io::backend_kind::uring}};
    CLI::App options("Adds two numbers over XML-RPC.");
    options.add_option("--backend", kind, "epoll or uring")
        ->transform(CLI::CheckedTransformer(kinds));
    CLI11_PARSE(options, argc, argv);
    try {
        zocalo::rpc::methods methods;
        methods.add("add", [](int a, int b) { return a + b; });
        http::site site;
        zocalo::rpc::add_methods(site.routes, "/RPC2", std::move(methods));
        io::loop loop(kind);
        loop.run(serve_at(site, net::endpoint(net::address::loopback_v4(), 0)));
    } catch (const std::exception& error) {
        std::cerr << "rpc_server: " << error.what() << '\n';
        return 1;
    }
}
