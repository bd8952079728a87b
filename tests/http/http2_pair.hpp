// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "zocalo/http/http2_engine.hpp"

/// A client and a server of HTTP/2 that hear each other without a line between them.
namespace zocalo::tests {

inline std::string read_all(http::http2_engine& from, std::uint32_t stream) {
    std::string all;
    while (!from.content(stream).empty()) {
        const std::size_t size = from.content(stream).size();
        all += from.content(stream).text();
        from.consume(stream, size);
    }
    return all;
}

struct http2_pair {
    http::http2_server_engine server;
    http::http2_client_engine client;
    std::vector<http::http2_event> at_server;
    std::vector<http::http2_event> at_client;
    io::time_point now = io::time_point(std::chrono::hours(1));
    std::size_t step = SIZE_MAX;  ///< bytes that come together

    explicit http2_pair(const http::limits& within = {}, const http::http2_limits& also = {},
                        const http::http2_limits& of_client = http::client_http2_limits())
        : server(within, also), client(http::client_limits(), of_client) {}

    /// Until neither has anything to say.
    void talk() {
        for (int turn = 0; turn < 10000; ++turn) {
            const bool went = pass(client, server);
            const bool came = pass(server, client);
            while (const auto got = server.next())
                at_server.push_back(*got);
            while (const auto got = client.next())
                at_client.push_back(*got);
            if (!went && !came) return;
        }
    }
    [[nodiscard]] std::optional<http::http2_event> find(const std::vector<http::http2_event>& among,
                                                        http::http2_event::kind what,
                                                        std::uint32_t stream = 0) const {
        for (const http::http2_event& each : among) {
            if (each.what == what && (stream == 0 || each.stream == stream)) return each;
        }
        return std::nullopt;
    }

 private:
    bool pass(http::http2_engine& from, http::http2_engine& to) const {
        from.produce(16384);
        const std::string bytes = std::exchange(from.output(), {});
        for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size() - at))
            to.receive(std::string_view(bytes).substr(at, step), now);
        return !bytes.empty();
    }
};

}  // namespace zocalo::tests
