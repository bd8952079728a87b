// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

/// What a peer may do to a connection of HTTP/2, beside what `limits` says of each message.
namespace zocalo::http {

/// How often something may happen: `burst` times at once, and `per_second` times in the long run.
struct http2_budget {
    std::uint32_t burst;
    std::uint32_t per_second;
};

/// The defaults are those of a server; see client_http2_limits().
///
/// A peer that passes a budget is told ENHANCE_YOUR_CALM, and the connection ends.
struct http2_limits {
    /// That the peer may have open. Twice as many may be in work, those that it has reset already
    /// among them; what is beyond that is refused (REFUSED_STREAM).
    std::uint32_t streams = 100;
    /// Bytes of content that may have come and were not consumed: of a stream, and of all streams
    /// of the connection.
    std::uint32_t stream_window = std::uint32_t{256} * 1024;
    std::uint32_t connection_window = std::uint32_t{1024} * 1024;
    /// Bytes of a stream's content that wait to be sent before http2_engine::has_room() is false.
    std::size_t stream_queue = std::size_t{64} * 1024;
    std::size_t continuations = 8;  ///< frames, after the first one of a head
    /// That wait to be sent, of PING and SETTINGS. A server lets as many frames of all kinds but
    /// content wait, and ten more for each of `streams`.
    std::size_t acknowledgements = 1000;
    /// Server: whether a stream may change to another protocol (RFC 8441). A site says so by itself
    /// when one of its routes answers CONNECT.
    bool other_protocols = false;

    /// RST_STREAM from the peer (CVE-2023-44487), and those that it makes this end send
    /// (CVE-2025-8671).
    http2_budget resets{.burst = 1000, .per_second = 33};
    http2_budget resets_made{.burst = 100, .per_second = 10};
    /// Frames that bring nothing: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, DATA without content and
    /// of unknown types. Each 1024 bytes of content that are sent allow one more, and each request
    /// of a client four.
    http2_budget idle_frames{.burst = 2000, .per_second = 200};
};

/// What a client offers: no streams, and windows for a fast line.
[[nodiscard]] constexpr http2_limits client_http2_limits() noexcept {
    http2_limits some;
    some.streams = 0;
    some.stream_window = std::uint32_t{2} * 1024 * 1024;
    some.connection_window = std::uint32_t{8} * 1024 * 1024;
    return some;
}

}  // namespace zocalo::http
