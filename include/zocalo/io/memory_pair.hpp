// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::io {

/// Two connected streams that are nothing but memory: what one writes the other one reads.
///
/// For layers that are tested or chained without a socket, on every kind of loop. Each direction
/// holds `capacity` bytes at most: a writer waits until the reader has taken some. finish() and
/// closing are seen by the other end as on a socket; writing to a closed one fails with
/// std::errc::broken_pipe. **Threads.** Both ends are used on one loop, or by get() on one thread,
/// where something that nobody can bring about ends the program with a message. Throws
/// std::invalid_argument when there would be no room at all.
[[nodiscard]] std::pair<stream, stream> memory_pair(std::size_t capacity = std::size_t{64} * 1024);

/// The other end of a stream that is nothing but memory, moved by hand and without waiting: for
/// bytes that come and go in ways of the caller's own. What Python's ssl.MemoryBIO is for.
///
///     auto [line, far] = io::memory_by_hand();
///     tasks.spawn(talk(std::move(line)));  // an io::guest_loop, say; TLS above it if that is
///     wanted far.feed(what_came);                 // then tasks.run_ready(), and send what
///     far.take() gives
///
/// **Threads.** That of the loop of the stream only. Destroying it closes its end.
class memory_port {
 public:
    memory_port(memory_port&&) noexcept;
    memory_port& operator=(memory_port&&) noexcept;
    ~memory_port();

    /// Bytes for the stream to read: as many as there is room for, from the first on. 0 too when
    /// the stream was closed.
    [[nodiscard]] std::size_t feed(const_buffer data);
    /// The stream reads its end behind what was fed.
    void finish() noexcept;

    /// Everything that the stream has written and that was not taken; perhaps nothing.
    [[nodiscard]] std::string take();
    /// How much that is.
    [[nodiscard]] std::size_t pending() const noexcept;
    /// Whether the stream was finished or closed, and everything is taken.
    [[nodiscard]] bool at_end() const noexcept;

 private:
    struct lanes;
    friend std::pair<stream, memory_port> memory_by_hand(std::size_t capacity);
    explicit memory_port(std::unique_ptr<lanes> both) noexcept;

    std::unique_ptr<lanes> lanes_;
};

/// A stream and the port that moves its bytes; as memory_pair() otherwise.
[[nodiscard]] std::pair<stream, memory_port> memory_by_hand(std::size_t capacity = std::size_t{64} *
                                                                                   1024);

}  // namespace zocalo::io
