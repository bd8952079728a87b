// SPDX-License-Identifier: MIT
// What is given back does not say how large it is, so that stands in front of it. Sizes are those
// of what nghttp2 has of its own, which no peer can make large.
#include "http/http2_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

namespace {

struct alignas(std::max_align_t) header {
    std::size_t size;  ///< of both
};

header* before(void* memory) noexcept {
    return static_cast<header*>(memory) - 1;
}

void* take(std::size_t size, void* /*user*/) noexcept {
    const std::size_t whole = size + sizeof(header);
    try {
        return ::new (io::detail::allocate_frame(whole)) header{whole} + 1;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void give_back(void* memory, void* /*user*/) noexcept {
    if (memory != nullptr) io::detail::free_frame(before(memory), before(memory)->size);
}

void* take_empty(std::size_t count, std::size_t size, void* user) noexcept {
    void* const made = take(count * size, user);
    if (made != nullptr) std::memset(made, 0, count * size);
    return made;
}

void* take_more(void* memory, std::size_t size, void* user) noexcept {
    void* const made = take(size, user);
    if (made == nullptr || memory == nullptr) return made;
    std::memcpy(made, memory, std::min(size, before(memory)->size - sizeof(header)));
    give_back(memory, user);
    return made;
}

}  // namespace

nghttp2_mem http2_memory() noexcept {
    return {nullptr, take, give_back, take_empty, take_more};
}

}  // namespace zocalo::http::detail
