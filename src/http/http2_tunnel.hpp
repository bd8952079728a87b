// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::http::detail {

/// A stream of HTTP/2 that carries another protocol (RFC 9113 §8.5, RFC 8441), as one end has it.
class http2_tunnel {
 public:
    http2_tunnel() noexcept = default;
    http2_tunnel(const http2_tunnel&) = delete;
    http2_tunnel& operator=(const http2_tunnel&) = delete;
    /// The end of a stream that was not finished, and whose other end was not either, is a reset.
    virtual ~http2_tunnel() = default;

    /// Waits until take() has something, or all has come.
    [[nodiscard]] virtual io::task<> wait() = 0;
    /// What has come, as far as there is room: 0 at the end.
    [[nodiscard]] virtual std::size_t take(mutable_buffer into) = 0;
    [[nodiscard]] virtual io::task<> write(const_buffer data) = 0;
    [[nodiscard]] virtual io::task<> finish() = 0;

    [[nodiscard]] virtual net::endpoint local_endpoint() const = 0;
    [[nodiscard]] virtual net::endpoint peer_endpoint() const = 0;
};

[[nodiscard]] io::stream make_stream(std::unique_ptr<http2_tunnel> over);

/// Copies the beginning of `from`; how much that was.
[[nodiscard]] std::size_t copy_some(const_buffer from, mutable_buffer into) noexcept;

}  // namespace zocalo::http::detail
