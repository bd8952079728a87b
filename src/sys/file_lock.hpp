// SPDX-License-Identifier: MIT
#pragma once

#include <sys/file.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// Waits until no other process has the file or folder locked like this; unlocked by closing it.
inline int lock(int fd) noexcept {
    return retry<::flock>(fd, LOCK_EX);
}

}  // namespace zocalo::sys
