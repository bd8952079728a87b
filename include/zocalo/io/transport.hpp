// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"

/// What a stream is made of.
namespace zocalo::io {

/// The other side of io::stream: TCP, Unix, TLS, a proxied connection, memory. Derive from it for a
/// kind of stream of your own; everything above works on it unchanged.
///
/// One read and one write may be under way at once, no more. A cancelled operation leaves an
/// unknown part done. Destroying a transport closes it; nothing is under way then.
class transport {
 public:
    virtual ~transport() = default;
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    /// Waits for bytes and gives some; an empty chunk is the end of the stream.
    virtual task<chunk> read() = 0;
    /// The same into memory of the caller, at least one byte; 0 is the end, or no room in `into`.
    virtual task<std::size_t> read_some(mutable_buffer into) = 0;
    /// Sends all the pieces, in order.
    virtual task<> write(std::span<const const_buffer> pieces) = 0;
    /// Says that no more will be written: the peer reads the end of the stream. What the peer still
    /// sends can be read.
    virtual task<> finish() = 0;

    /// Where this end is, and the other one, as far as there are addresses.
    [[nodiscard]] virtual net::endpoint local_endpoint() const { return {}; }
    [[nodiscard]] virtual net::endpoint peer_endpoint() const { return {}; }

    /// The socket, when a backend can work on it by itself: then none of the above is called.
    [[nodiscard]] detail::descriptor* native() noexcept;

 protected:
    transport() noexcept = default;

 private:
    friend detail::descriptor;
    friend detail::watched_socket;
    enum class kind : std::uint8_t { own, native, watched };
    explicit transport(kind which) noexcept : kind_(which) {}

    kind kind_ = kind::own;  // not virtual: every read and write asks
};

}  // namespace zocalo::io
