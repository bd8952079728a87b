// SPDX-License-Identifier: MIT
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace zocalo::sys {

/// Maps `size` bytes of a descriptor, shared with whoever is behind it; 0 or −errno.
inline int map_shared(int fd, std::size_t size, std::byte*& at) noexcept {
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) return -errno;
    at = static_cast<std::byte*>(mapped);
    return 0;
}
/// Memory of this process alone, all zero, that takes room only where it was touched; 0 or −errno.
inline int map_private(std::size_t size, std::byte*& at) noexcept {
    void* const mapped =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return -errno;
    at = static_cast<std::byte*>(mapped);
    return 0;
}
inline void unmap(std::byte* at, std::size_t size) noexcept {
    ::munmap(at, size);
}
inline std::size_t page_size() noexcept {
    return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace zocalo::sys
