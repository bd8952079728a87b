// SPDX-License-Identifier: MIT
#pragma once

#include <sys/file.h>
#include <sys/stat.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// Waits until no other process has the file or folder locked like this; unlocked by closing it.
inline int lock(int fd) noexcept {
    return retry<::flock>(fd, LOCK_EX);
}

/// The same without waiting: −EWOULDBLOCK when somebody has it locked, in this process, too.
inline int try_lock(int fd) noexcept {
    return retry<::flock>(fd, LOCK_EX | LOCK_NB);
}

/// Whether that path leads to the open file: a lock is the file's, whatever became of its name.
inline bool is_at(int fd, const char* path) noexcept {
    struct stat here{};
    struct stat there{};
    return ::fstat(fd, &here) == 0 && ::stat(path, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

}  // namespace zocalo::sys
