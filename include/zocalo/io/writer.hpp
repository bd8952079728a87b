// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

/// Writing a stream in few pieces.
namespace zocalo::io {

/// Gathers what is written, and sends it when there is much or when flush() says so.
///
/// A reader that was given this writer flushes it before it waits. **Back-pressure**: write() waits
/// when more than `high_water` bytes are gathered, until the stream has taken them. One task at a
/// time. The stream must outlive it. What was not flushed when the writer is destroyed is dropped.
class writer {
 public:
    explicit writer(stream& to, std::size_t high_water = std::size_t{64} * 1024) noexcept
        : to_(to), high_water_(high_water) {}

    /// Copies the bytes for later; never waits. For small pieces, between calls of write() or
    /// flush().
    void put(const_buffer data) { gathered_.append(data.text()); }
    /// The same, and waits until there is little enough gathered. What is large goes out without
    /// being copied.
    [[nodiscard]] task<> write(const_buffer data);
    /// Sends everything that was gathered.
    [[nodiscard]] task<> flush();

    [[nodiscard]] std::size_t gathered() const noexcept { return gathered_.size(); }

 private:
    stream& to_;
    std::size_t high_water_;
    std::string gathered_;
};

}  // namespace zocalo::io
