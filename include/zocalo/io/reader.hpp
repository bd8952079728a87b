// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

/// Reading a stream in pieces that mean something.
namespace zocalo::io {

class writer;

/// Keeps the bytes that a read brought until they are used.
///
/// A parser looks at buffered(), says with consume() how much it has used, and asks for more with
/// fill(). Bytes stay where they arrived; only what is left over when more has to come is copied. A
/// reader that waits with nothing left over holds no memory. One task at a time. The stream must
/// outlive it.
class reader {
 public:
    explicit reader(stream& from) noexcept : from_(from) {}
    /// Before it waits it flushes `answers`, so that replies to all requests that came in one piece
    /// go out in one.
    reader(stream& from, writer& answers) noexcept : from_(from), answers_(&answers) {}

    /// What has come and was not used, in one piece; good until the next call but consume().
    [[nodiscard]] const_buffer buffered() const noexcept {
        const const_buffer all = kept_.empty() ? const_buffer(arrived_.text()) : kept_;
        return all.without(used_ + lent_);
    }
    /// The first `size` bytes of buffered() are used. Throws std::invalid_argument when there are
    /// fewer.
    void consume(std::size_t size) {
        const std::size_t left = buffered().size();
        if (size > left) refuse(size);
        used_ += std::exchange(lent_, 0) + size;
        if (size == left) let_go();
    }

    /// Waits for more bytes at the end of buffered(); false at the end of the stream.
    [[nodiscard]] task<bool> fill();

    /// Everything up to `end` and without it; consumed by the next call. Nothing when the stream
    /// ended before its first byte.
    ///
    /// Throws protocol_error when more than `limit` bytes come without `end`, and when the stream
    /// ends in the middle.
    [[nodiscard]] task<std::optional<std::string_view>> read_until(std::string_view end,
                                                                   std::size_t limit);

    /// Exactly `size` bytes into a string of their own. Throws protocol_error when the stream ends
    /// before that.
    [[nodiscard]] task<std::string> read_exactly(std::size_t size);

    /// Everything to the end of the stream. Throws protocol_error beyond `limit` bytes.
    [[nodiscard]] task<std::string> read_all(std::size_t limit);

 private:
    [[noreturn]] void refuse(std::size_t size) const;
    void let_go() noexcept;
    void settle() { consume(0); }

    stream& from_;
    writer* answers_ = nullptr;
    chunk arrived_;     ///< its first used_ bytes are used, unless all is in kept_
    std::string kept_;  ///< what had to be put together; its first used_ bytes are used
    std::size_t used_ = 0;
    std::size_t lent_ = 0;  ///< given out by read_until(): consumed by the next call
};

}  // namespace zocalo::io
