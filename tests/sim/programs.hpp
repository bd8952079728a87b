// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/stop.hpp"

/// Programs that the tests of the simulated network run in it. Nothing in them knows of it.
namespace zocalo::tests {

inline io::task<> echo(io::stream peer) {
    for (;;) {
        const io::chunk got = co_await peer.read();
        if (got.empty()) break;
        co_await peer.write(const_buffer(got.data(), got.size()));
    }
}

/// A client that goes away badly is not the server's end.
inline io::task<> echo_if_possible(io::stream peer) {
    try {
        co_await echo(std::move(peer));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return;
    }
}

inline io::task<> accept_all(io::listener& from, io::scope& clients) {
    for (;;)
        clients.spawn(echo_if_possible(co_await from.accept()));
}

inline io::task<> echo_server_at(net::endpoint where) {
    io::listener listener = co_await io::listen(where);
    io::scope clients;
    co_await clients.run(accept_all(listener, clients));
}
inline io::task<> echo_server(std::uint16_t port) {
    return echo_server_at({net::address::any_v4(), port});
}
inline io::task<> echo_server_on_v6(std::uint16_t port) {
    return echo_server_at({net::address::any_v6(), port});
}

using zocalo::tests::read_all;

using zocalo::tests::write_and_finish;

inline io::task<std::string> ask(net::endpoint where, std::string what) {
    io::stream server = co_await io::connect(where);
    auto [nothing, answer] = co_await io::all(write_and_finish(server, what), read_all(server));
    co_return answer;
}

}  // namespace zocalo::tests
