// SPDX-License-Identifier: MIT
#include "allocations/allocations.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t made = 0;
thread_local std::size_t allowed = SIZE_MAX;  // more
/// What one thread makes and another one frees makes neither's number right, but no test does that.
thread_local std::size_t bytes = 0;
thread_local std::size_t most_bytes = 0;

}  // namespace

namespace zocalo::tests::allocations {

std::size_t count() noexcept {
    return made;
}
std::size_t held() noexcept {
    return bytes;
}
std::size_t most_held() noexcept {
    return most_bytes;
}
void forget_most() noexcept {
    most_bytes = bytes;
}
void refuse(bool on) noexcept {
    allowed = on ? 0 : SIZE_MAX;
}
void refuse_after(std::size_t more) noexcept {
    allowed = more;
}

}  // namespace zocalo::tests::allocations

// Those for arrays call these.
void* operator new(std::size_t size) {
    ++made;
    void* const memory = allowed == 0 ? nullptr : std::malloc(std::max<std::size_t>(size, 1));
    if (memory == nullptr) throw std::bad_alloc();
    if (allowed != SIZE_MAX) --allowed;
    bytes += malloc_usable_size(memory);
    most_bytes = std::max(most_bytes, bytes);
    return memory;
}
void operator delete(void* memory) noexcept {
    bytes -= malloc_usable_size(memory);
    std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
    operator delete(memory);
}
