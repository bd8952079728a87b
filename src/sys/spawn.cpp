// SPDX-License-Identifier: MIT
#include "sys/spawn.hpp"

#include <spawn.h>
#include <unistd.h>

#include <csignal>

namespace zocalo::sys {

namespace {

/// posix_spawn(3) returns its errors as positive numbers and does not set errno.
int prepare(posix_spawn_file_actions_t& actions, posix_spawnattr_t& attributes,
            const spawn_request& request) noexcept {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = ::posix_spawn_file_actions_adddup2(&actions, request.in, 0);
    if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, request.out, 1);
    if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, request.err, 2);
    if (error == 0 && request.folder != nullptr)
        error = ::posix_spawn_file_actions_addchdir_np(&actions, request.folder);
    if (error == 0) error = ::posix_spawnattr_setsigmask(&attributes, &none);
    if (error == 0) error = ::posix_spawnattr_setsigdefault(&attributes, &all);
    constexpr short usual = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    const auto flags = static_cast<short>(usual | (request.own_group ? POSIX_SPAWN_SETPGROUP : 0));
    if (error == 0) error = ::posix_spawnattr_setflags(&attributes, flags);
    return error;
}

}  // namespace

pid_t spawn(const spawn_request& request) noexcept {
    posix_spawn_file_actions_t actions;
    if (const int error = ::posix_spawn_file_actions_init(&actions); error != 0) return -error;
    posix_spawnattr_t attributes;
    int error = ::posix_spawnattr_init(&attributes);
    pid_t process = -1;
    if (error == 0) {
        error = prepare(actions, attributes, request);
        if (error == 0) {
            error = ::posix_spawnp(&process, request.file, &actions, &attributes, request.arguments,
                                   request.environment);
        }
        ::posix_spawnattr_destroy(&attributes);
    }
    ::posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? process : -error;
}

char** environment() noexcept {
    return ::environ;
}

}  // namespace zocalo::sys
