// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace zocalo::http {

/// How large a message may be. The defaults are those of a server; see client_limits().
struct limits {
    std::size_t line = std::size_t{16} * 1024;  ///< bytes: the first line, or one field
    std::size_t head = std::size_t{64} * 1024;  ///< bytes of all that; the trailer once more
    std::size_t fields = 128;                   ///< of the head, and of the trailer
    std::size_t chunk_extensions = 4096;        ///< bytes, in all chunks of a message together
    std::size_t interim = 16;                   ///< responses with 1xx before the real one
    /// Bytes of content, as they go over the line.
    std::uint64_t content = std::numeric_limits<std::uint64_t>::max();
};

/// What a client puts up with: servers send more and longer fields than browsers do.
[[nodiscard]] constexpr limits client_limits() noexcept {
    limits some;
    some.line = std::size_t{64} * 1024;
    some.head = std::size_t{300} * 1024;
    some.fields = 1000;
    return some;
}

}  // namespace zocalo::http
