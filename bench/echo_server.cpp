// SPDX-License-Identifier: MIT
// Sends back what it gets, on loops of the engine: what the floor and the rivals are measured
// against. Any load can drive it; bench/engine.py does with bench/echo_load.cpp.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "zocalo/io/datagram.hpp"
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
            co_await peer.write(got);
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

/// Batches: as many system calls for 64 datagrams as for one.
io::task<> echo_datagrams(net::socket bound) {
    io::datagram socket(std::move(bound));
    net::recv_batch came(64, 2048);
    net::send_batch back(64);
    for (;;) {
        const std::size_t count = co_await socket.receive_many(came);
        back.clear();
        for (std::size_t i = 0; i < count; ++i)
            back.add(came.data(i), came.peer(i));
        co_await socket.send_many(back);
    }
}

/// What came together goes back together: the kernel takes apart and cuts.
io::task<> echo_segments(net::socket bound) {
    const bool offload = net::receive_segments(bound);
    if (!offload) throw std::runtime_error("this kernel has no receive offload");
    io::datagram socket(std::move(bound));
    net::recv_batch came(16, 65'535, 64);
    net::send_batch back(16);
    std::vector<net::outgoing_control> cut(16);
    for (;;) {
        const std::size_t count = co_await socket.receive_many(came);
        back.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const auto step = came.control(i).segment_size();
            cut[i] = {};
            if (step) cut[i].segment_size(static_cast<std::uint16_t>(*step));
            back.add(came.data(i), came.peer(i), cut[i]);
        }
        co_await socket.send_many(back);
    }
}

io::task<> serve(net::socket listening) {
    io::listener listener(std::move(listening));
    io::scope clients;
    co_await clients.run(accept_all(listener, clients));
}

struct settings {
    io::backend_kind kind = io::backend_kind::automatic;
    unsigned threads = 1;
    std::uint16_t port = 0;
    bool udp = false;
    bool offload = false;
    bool spin = false;
};

net::socket listen_on(std::uint16_t port, bool udp) {
    net::listen_options options{.backlog = 4096, .reuse_port = true};
    if (udp) options.type = net::type::datagram;
    return net::create_server(net::endpoint(net::address::loopback_v4(), port), options);
}

void run_loop(io::loop& loop, net::socket socket, const settings& wanted) {
    if (wanted.spin) loop.set_spin(std::chrono::microseconds(100));
    if (!wanted.udp) return loop.run(serve(std::move(socket)));
    loop.run(wanted.offload ? echo_segments(std::move(socket)) : echo_datagrams(std::move(socket)));
}

void run_loops(const settings& wanted) {
    std::vector<net::socket> listening;
    std::vector<std::jthread> others;
    for (unsigned i = 0; i < wanted.threads; ++i) {
        const auto port = i == 0 ? wanted.port : listening[0].local_endpoint().port();
        listening.push_back(listen_on(port, wanted.udp));
    }
    io::loop loop(wanted.kind);
    std::cout << "listening on " << listening[0].local_endpoint() << " with " << loop.backend()
              << ": " << loop.reason() << std::endl;
    for (unsigned i = 1; i < wanted.threads; ++i) {
        others.emplace_back([&wanted, socket = &listening[i]] {
            io::loop one(wanted.kind);
            run_loop(one, std::move(*socket), wanted);
        });
    }
    run_loop(loop, std::move(listening[0]), wanted);
}

}  // namespace

int main(int argc, char** argv) {
    settings wanted;
    const std::map<std::string, io::backend_kind> kinds{{"poll", io::backend_kind::poll},
                                                        {"epoll", io::backend_kind::epoll},
                                                        {"uring", io::backend_kind::uring}};
    CLI::App options("Sends back what it gets.");
    options.add_option("--backend", wanted.kind, "poll, epoll or uring")
        ->transform(CLI::CheckedTransformer(kinds));
    options.add_option("--threads", wanted.threads, "loops, a thread each")
        ->check(CLI::Range(1, 256));
    options.add_option("--port", wanted.port, "on 127.0.0.1; 0: the system's choice");
    CLI::Option* const udp = options.add_flag("--udp", wanted.udp, "datagrams");
    options.add_flag("--offload", wanted.offload, "segmentation and receive offload")->needs(udp);
    options.add_flag("--spin", wanted.spin, "the loop looks for work for 100 µs before it sleeps");
    CLI11_PARSE(options, argc, argv);
    try {
        run_loops(wanted);
    } catch (const std::exception& error) {
        std::cerr << "echo_server: " << error.what() << '\n';
        return 1;
    }
}
