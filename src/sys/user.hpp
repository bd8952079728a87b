// SPDX-License-Identifier: MIT
#pragma once

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// 0 or an errno; `found` is null when there is no such user, and ERANGE asks for a larger buffer.
inline int getpwnam(const char* name, passwd& entry, char* buffer, std::size_t size,
                    passwd** found) noexcept {
    return ::getpwnam_r(name, &entry, buffer, size, found);
}
inline int initgroups(const char* user, gid_t group) noexcept {
    return once(::initgroups(user, group));
}
/// Real, effective and saved at once, in every thread of the process.
inline int set_group(gid_t group) noexcept {
    return once(::setresgid(group, group, group));
}
inline int set_user(uid_t user) noexcept {
    return once(::setresuid(user, user, user));
}
inline bool is_user(uid_t user) noexcept {
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    return ::getresuid(&real, &effective, &saved) == 0 && real == user && effective == user &&
           saved == user;
}
inline bool is_group(gid_t group) noexcept {
    gid_t real = 0;
    gid_t effective = 0;
    gid_t saved = 0;
    return ::getresgid(&real, &effective, &saved) == 0 && real == group && effective == group &&
           saved == group;
}
/// `folder` is `/` from now on, and where the process is.
inline int change_root(const char* folder) noexcept {
    if (::chdir(folder) != 0 || ::chroot(".") != 0) return -errno;
    return once(::chdir("/"));
}
/// No program that this process starts has more rights than it has (PR_SET_NO_NEW_PRIVS).
inline int forbid_new_privileges() noexcept {
    return once(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}
/// Whether the kernel may write a core of this process, and its user look into it.
inline bool is_dumpable() noexcept {
    return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
}
inline int forbid_dumps() noexcept {
    return once(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}
inline pid_t own_process() noexcept {
    return ::getpid();
}

}  // namespace zocalo::sys
