// SPDX-License-Identifier: MIT
#include "io/backend/uring/buffer_group.hpp"

#include <algorithm>

#include "net/fail.hpp"
#include "sys/memory.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define ZOCALO_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZOCALO_POISON 1
#endif
#endif
#ifdef ZOCALO_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) (static_cast<void>(at), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) (static_cast<void>(at), static_cast<void>(size))
#endif

namespace zocalo::io::detail {

namespace {

std::byte* map(std::size_t size) {
    std::byte* at = nullptr;
    const int result = sys::map_private(size, at);
    if (result < 0) net::fail("map memory for the buffers of an io_uring", result);
    return at;
}

}  // namespace

/// Memory that was never provided is never touched, so a loop with little to do stays small.
buffer_group::buffer_group(ring& of, const shape& wanted)
    : shape_(wanted), memory_(map(memory_size())), table_memory_(map(table_size())) {
    // The structure says that this memory is its own array; the kernel defines it so.
    table_ = reinterpret_cast<io_uring_buf_ring*>(table_memory_);  // NOLINT
    io_uring_buf_reg which{};
    which.ring_addr = reinterpret_cast<std::uintptr_t>(table_);  // NOLINT
    which.ring_entries = shape_.capacity;
    which.bgid = shape_.id;
    const int result = io_uring_register_buf_ring(of.get(), &which, 0);
    if (result < 0) {
        sys::unmap(memory_, memory_size());
        sys::unmap(table_memory_, table_size());
        net::fail("provide buffers to an io_uring", result);
    }
    ASAN_POISON_MEMORY_REGION(memory_, memory_size());
    provide_up_to(shape_.first);
}

buffer_group::~buffer_group() {
    ASAN_UNPOISON_MEMORY_REGION(memory_, memory_size());
    sys::unmap(memory_, memory_size());
    sys::unmap(table_memory_, table_size());
}

void buffer_group::abandon() noexcept {
    abandoned_ = true;
    if (lent_ == 0) delete this;
}

void buffer_group::provide(std::uint32_t number) noexcept {
    io_uring_buf_ring_add(table_, buffer(number), shape_.size, static_cast<std::uint16_t>(number),
                          io_uring_buf_ring_mask(shape_.capacity), 0);
    io_uring_buf_ring_advance(table_, 1);
}

void buffer_group::provide_up_to(std::uint32_t count) noexcept {
    while (made_ < std::min<std::uint32_t>(count, shape_.capacity))
        provide(made_++);
}

void buffer_group::grow() noexcept {
    provide_up_to(made_ * 2);
}

std::byte* buffer_group::take(std::uint16_t number, std::size_t filled) noexcept {
    ++lent_;
    ASAN_UNPOISON_MEMORY_REGION(buffer(number), filled);
    return buffer(number);
}

void buffer_group::give_back(std::byte* data) noexcept {
    const auto number = static_cast<std::uint32_t>((data - memory_) / shape_.size);
    ASAN_POISON_MEMORY_REGION(buffer(number), shape_.size);
    --lent_;
    if (!abandoned_) {
        provide(number);
    } else if (lent_ == 0) {
        delete this;
    }
}

}  // namespace zocalo::io::detail
