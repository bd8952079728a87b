// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "zocalo/core/buffer.hpp"

namespace zocalo::net {

/// The kernel's structures have no form for memory that is only read, which is what a send does.
inline void* for_sending(const void* data) noexcept {
    return const_cast<void*>(data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

inline iovec as_iovec(const_buffer buffer) noexcept {
    return {for_sending(buffer.data()), buffer.size()};
}
inline iovec as_iovec(mutable_buffer buffer) noexcept {
    return {buffer.data(), buffer.size()};
}

/// Buffers in the kernel's form; the usual few without an allocation.
class io_vector {
 public:
    /// The kernel takes so many at once (UIO_MAXIOV).
    static constexpr std::size_t limit = 1024;

    template <class Buffer>
    explicit io_vector(std::span<const Buffer> buffers) : size_(buffers.size()) {
        if (size_ > limit) {
            throw std::invalid_argument("message: " + std::to_string(size_) +
                                        " buffers are more than the 1024 that one call may have");
        }
        if (size_ > few_.size()) many_.resize(size_);
        for (std::size_t i = 0; i < size_; ++i)
            data()[i] = as_iovec(buffers[i]);
    }

    [[nodiscard]] iovec* data() noexcept {
        return size_ > few_.size() ? many_.data() : few_.data();
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
    std::size_t size_;
    std::array<iovec, 8> few_;
    std::vector<iovec> many_;
};

}  // namespace zocalo::net
