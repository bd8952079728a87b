// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>

namespace zocalo::serve::detail {

/// What the system calls a user.
struct identity {
    uid_t user;
    gid_t group;
};

/// Throws std::invalid_argument when there is no such user.
[[nodiscard]] identity look_up(const std::string& name);

}  // namespace zocalo::serve::detail
