// SPDX-License-Identifier: MIT
#pragma once

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "sys/retry.hpp"

/// landlock(7), for which glibc has no functions. What one thread asks for holds for it and for all
/// that it starts afterwards.
namespace zocalo::sys {

/// The highest version of the interface that the kernel knows.
inline int landlock_version() noexcept {
    return static_cast<int>(
        once(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION)));
}
/// A set of rules, close-on-exec: `handled` is refused but where a rule allows it.
inline int landlock_create(std::uint64_t handled) noexcept {
    // Only as much of the structure as the first version has.
    struct {
        std::uint64_t handled_access_fs;
    } const wanted{handled};
    return static_cast<int>(
        once(::syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0)));
}
/// Allows `access` to what `fd` (O_PATH) is, and to all beneath.
inline int landlock_allow(int rules, int fd, std::uint64_t access) noexcept {
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access;
    rule.parent_fd = fd;
    return static_cast<int>(
        once(::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)));
}
inline int landlock_restrict(int rules) noexcept {
    return static_cast<int>(once(::syscall(SYS_landlock_restrict_self, rules, 0)));
}

}  // namespace zocalo::sys
