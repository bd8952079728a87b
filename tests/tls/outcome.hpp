// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <system_error>
#include <utility>

#include "tls/ends.hpp"
#include "zocalo/io/loop.hpp"

/// What came of a handshake.
namespace zocalo::tests {

struct outcome {
    std::error_code client;  ///< why the client said no; none when it did not
    std::error_code server;
    std::string client_says;
    std::string server_says;
    [[nodiscard]] bool is_agreed() const { return !client && !server; }
};

/// Runs one end to its error or value, and a message through it: in TLS 1.3 a client learns only
/// then that it was refused.
inline io::task<> try_end(io::task<io::stream> handshake, std::error_code& code,
                          std::string& says) {
    try {
        io::stream made = co_await std::move(handshake);
        co_await made.write("x");
        std::byte room[1];
        co_await made.read_some(mutable_buffer(room));
    } catch (const std::system_error& error) {
        code = error.code();
        says = error.what();
    }
}

inline io::task<outcome> try_both(tls::client_context ours, tls::server_context theirs,
                                  std::string host) {
    auto [client, server] = io::stream::pair();
    outcome came;
    co_await io::all(
        try_end(tls::connect(std::move(client), std::move(ours), std::move(host)), came.client,
                came.client_says),
        try_end(tls::accept(std::move(server), std::move(theirs)), came.server, came.server_says));
    co_return came;
}

inline outcome try_handshake(const tls::client_options& ours, const tls::server_options& theirs,
                             std::string host = "localhost") {
    return try_both(tls::client_context(ours), tls::server_context(theirs), std::move(host)).get();
}

}  // namespace zocalo::tests
