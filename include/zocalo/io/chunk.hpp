// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "zocalo/core/buffer.hpp"

/// Bytes that arrived, lent to the reader for a while.
namespace zocalo::io {

namespace detail {

/// Whose memory a chunk is, when it is not the thread's own.
class lender {
 public:
    /// `data` may be anywhere in the buffer.
    virtual void give_back(std::byte* data) noexcept = 0;

 protected:
    ~lender() = default;
};

/// The size of the buffers below: what one receive gives at most.
inline constexpr std::size_t chunk_size = std::size_t{64} * 1024;

/// A buffer from the free list of the calling thread, the most recently used first.
[[nodiscard]] std::byte* take_buffer();
void put_buffer(std::byte* buffer) noexcept;

}  // namespace detail

/// What one read gave: a view of a buffer that is used for the next connection when this is gone.
///
/// So a connection that waits holds no memory. Look at the bytes, copy what has to stay, and let it
/// go before the next read; kept longer it costs another buffer (64 KiB). An empty chunk is the end
/// of the stream. Move-only. **Threads.** It belongs to the thread of its loop.
class chunk {
 public:
    chunk() noexcept = default;
    /// The first `size` bytes of a buffer of `owner`, or of take_buffer() when that is null.
    chunk(std::byte* data, std::size_t size, detail::lender* owner = nullptr) noexcept
        : data_(data), owner_(owner), size_(size) {}
    chunk(chunk&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)),
          owner_(other.owner_),
          size_(std::exchange(other.size_, 0)) {}
    chunk& operator=(chunk&& other) noexcept {
        if (this != &other) {
            release();
            data_ = std::exchange(other.data_, nullptr);
            owner_ = other.owner_;
            size_ = std::exchange(other.size_, 0);
        }
        return *this;
    }
    ~chunk() { release(); }

    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// The bytes as characters. Nothing is checked or converted.
    [[nodiscard]] std::string_view text() const noexcept {
        return const_buffer(data_, size_).text();
    }

    /// Only the first `size` bytes of what there is.
    void shrink(std::size_t size) noexcept {
        if (size >= size_) return;
        size_ = size;
    }

    /// Gives the bytes back before the chunk is gone; it is empty then.
    void release() noexcept {
        if (data_ == nullptr) return;
        if (owner_ != nullptr) {
            owner_->give_back(data_);
        } else {
            detail::put_buffer(data_);
        }
        data_ = nullptr;
        size_ = 0;
    }

 private:
    std::byte* data_ = nullptr;
    detail::lender* owner_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace zocalo::io
