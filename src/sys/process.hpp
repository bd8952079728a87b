// SPDX-License-Identifier: MIT
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// 0 in the child, its number in the parent.
inline pid_t fork() noexcept {
    return once(::fork());
}
/// Ends the process at once: no destructors, no exit handlers, no flushing.
[[noreturn]] inline void exit_now(int status) noexcept {
    ::_exit(status);
}
inline pid_t waitpid(pid_t process, int* status, int options) noexcept {
    return retry<::waitpid>(process, status, options);
}
inline int kill(pid_t process, int signal) noexcept {
    return once(::kill(process, signal));
}
/// A descriptor that becomes readable when the process ends (Linux 5.3).
inline int pidfd_open(pid_t process) noexcept {
    return static_cast<int>(once(::syscall(SYS_pidfd_open, process, 0)));
}

/// Gives the calling thread a name space of its own: CLONE_NEWNET, CLONE_NEWUSER.
inline int unshare(int what) noexcept {
    return once(::unshare(what));
}
inline uid_t effective_user() noexcept {
    return ::geteuid();
}
inline gid_t effective_group() noexcept {
    return ::getegid();
}

}  // namespace zocalo::sys
