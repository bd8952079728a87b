// SPDX-License-Identifier: MIT
#include "allocations/allocations.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t made = 0;
thread_local bool refused = false;

}  // namespace

namespace zocalo::tests::allocations {

std::size_t count() noexcept {
    return made;
}
void refuse(bool on) noexcept {
    refused = on;
}

}  // namespace zocalo::tests::allocations

// Those for arrays call these.
void* operator new(std::size_t size) {
    ++made;
    void* const memory = refused ? nullptr : std::malloc(std::max<std::size_t>(size, 1));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}
