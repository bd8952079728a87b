// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/tls/context.hpp"
#include "zocalo/tls/info.hpp"
#include "zocalo/tls/stream.hpp"

/// Both ends of TLS in one program.
namespace zocalo::tests {

/// One key for all tests of a program: making one takes a while under sanitizers.
inline const tls::credentials& localhost() {
    static const tls::credentials made =
        tls::development_certificate({"localhost", "127.0.0.1", "::1"});
    return made;
}

inline tls::server_options server_as(const tls::credentials& who) {
    tls::server_options options;
    options.credentials = who;
    return options;
}

inline tls::client_options client_trusting(const tls::credentials& whom) {
    tls::client_options options;
    options.trust.authorities = {whom.certificate()};
    return options;
}

struct both_ends {
    io::stream client;
    io::stream server;
};

/// A handshake over any two ends.
inline io::task<both_ends> secure(io::stream client, io::stream server, tls::client_context ours,
                                  tls::server_context theirs, std::string host = "localhost",
                                  std::uint16_t port = 0) {
    auto [one, other] =
        co_await io::all(tls::connect(std::move(client), std::move(ours), host, port),
                         tls::accept(std::move(server), std::move(theirs)));
    co_return both_ends{std::move(one), std::move(other)};
}

inline io::task<both_ends> secure(tls::client_context ours, tls::server_context theirs,
                                  std::string host = "localhost", std::uint16_t port = 0) {
    auto [client, server] = io::stream::pair();
    co_return co_await secure(std::move(client), std::move(server), std::move(ours),
                              std::move(theirs), std::move(host), port);
}

/// With default options and the development certificate.
inline io::task<both_ends> secure() {
    co_return co_await secure(tls::client_context(client_trusting(localhost())),
                              tls::server_context(server_as(localhost())));
}

using zocalo::tests::read_all;

using zocalo::tests::write_and_finish;

/// One message each way: after it the client has the server's tickets.
inline io::task<> greet(both_ends& ends) {
    co_await ends.server.write("hello");
    std::byte room[5];
    EXPECT_EQ(co_await ends.client.read_exactly(mutable_buffer(room)), 5U);
    co_await ends.client.write("hello");
    EXPECT_EQ(co_await ends.server.read_exactly(mutable_buffer(room)), 5U);
}

}  // namespace zocalo::tests
