// SPDX-License-Identifier: MIT
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

#include "sys/file.hpp"
#include "sys/retry.hpp"

namespace zocalo::sys {

/// `resolve` says what the way there may not go through (openat2(2), Linux 5.6); glibc has no
/// function for it.
inline int openat2(int folder, const char* path, int flags, std::uint64_t resolve) noexcept {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.resolve = resolve;
    return static_cast<int>(retry<::syscall>(SYS_openat2, folder, path, &how, sizeof how));
}

inline int fstatat(int folder, const char* name, struct stat* status, int flags) noexcept {
    return once(::fstatat(folder, name, status, flags));
}

/// Opens once more, in another way, what is open: the same file, whatever its names lead to now.
inline int open_again(int fd, int flags) noexcept {
    return open(path_of(fd).data(), flags);
}

/// Calls `tell` with each entry of the folder until that returns false; takes the descriptor over.
template <class Tell>
int read_folder(int fd, Tell tell) {
    DIR* const folder = ::fdopendir(fd);
    if (folder == nullptr) {
        const int error = errno;
        ::close(fd);
        return -error;
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> closed_at_the_end(folder, ::closedir);
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(folder);
        if (entry == nullptr) return -errno;
        if (!tell(*entry)) return 0;
    }
}

}  // namespace zocalo::sys
