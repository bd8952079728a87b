// SPDX-License-Identifier: MIT
// Sends back what it gets, on loops of the engine: what the floor and the rivals are measured
// against. Any load can drive it; bench/engine.py does with bench/echo_load.cpp.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "zocalo/io/listener.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/option_tcp.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;

namespace {

io::task<> echo(io::stream peer) {
    try {
        for (;;) {
            const io::chunk got = co_await peer.read();
            if (got.empty()) break;
            co_await peer.write(zocalo::const_buffer(got.data(), got.size()));
        }
    } catch (const std::system_error&) {  // a peer that resets is no news
    }
}

io::task<> accept_all(io::listener& listener, io::scope& clients) {
    for (;;) {
        bool full = false;
        try {
            io::stream peer = co_await listener.accept();
            peer.set(net::option::tcp::no_delay{true});
            clients.spawn(echo(std::move(peer)));
        } catch (const std::system_error& error) {
            full = error.code() == std::errc::too_many_files_open;
            if (!full) std::cerr << error.what() << '\n';
        }
        if (full) co_await io::sleep(std::chrono::milliseconds(10));
    }
}

io::task<> serve(net::socket listening) {
    io::listener listener(std::move(listening));
    io::scope clients;
    co_await clients.run(accept_all(listener, clients));
}

net::socket listen_on(std::uint16_t port) {
    return net::create_server(net::endpoint(net::address::loopback_v4(), port),
                              {.backlog = 4096, .reuse_port = true});
}

void run_loops(io::backend_kind kind, unsigned threads, std::uint16_t port) {
    std::vector<net::socket> listening;
    std::vector<std::jthread> others;
    for (unsigned i = 0; i < threads; ++i)
        listening.push_back(listen_on(i == 0 ? port : listening[0].local_endpoint().port()));
    io::loop loop(kind);
    std::cout << "listening on " << listening[0].local_endpoint() << " with " << loop.backend()
              << ": " << loop.reason() << std::endl;
    for (unsigned i = 1; i < threads; ++i) {
        others.emplace_back(
            [kind, socket = &listening[i]] { io::loop(kind).run(serve(std::move(*socket))); });
    }
    loop.run(serve(std::move(listening[0])));
}

}  // namespace

int main(int argc, char** argv) {
    auto kind = io::backend_kind::automatic;
    unsigned threads = 1;
    std::uint16_t port = 0;
    bool udp = false;
    bool spin = false;
    const std::map<std::string, io::backend_kind> kinds{{"poll", io::backend_kind::poll},
                                                        {"epoll", io::backend_kind::epoll},
                                                        {"uring", io::backend_kind::uring}};
    CLI::App options("Sends back what it gets.");
    options.add_option("--backend", kind, "poll, epoll or uring")
        ->transform(CLI::CheckedTransformer(kinds));
    options.add_option("--threads", threads, "loops, a thread each")->check(CLI::Range(1, 256));
    options.add_option("--port", port, "on 127.0.0.1; 0: the system's choice");
    options.add_flag("--udp", udp, "datagrams");
    options.add_flag("--spin", spin, "the loop spins before it sleeps");
    CLI11_PARSE(options, argc, argv);
    if (udp || spin) {
        std::cerr << "echo_server: the engine has no " << (udp ? "--udp" : "--spin") << " yet\n";
        return 2;
    }
    try {
        run_loops(kind, threads, port);
    } catch (const std::exception& error) {
        std::cerr << "echo_server: " << error.what() << '\n';
        return 1;
    }
}
