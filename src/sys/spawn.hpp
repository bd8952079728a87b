// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

namespace zocalo::sys {

/// What a new process gets: its program (looked for in PATH when it has no slash), its arguments
/// and environment (both end in a null pointer), and its three standard descriptors.
struct spawn_request {
    const char* file;
    char* const* arguments;
    char* const* environment;
    int in;
    int out;
    int err;
    const char* folder = nullptr;  ///< where it starts; null: where we are
    bool own_group = false;        ///< it leads a group of processes
};

/// Starts a program; its number, or −errno, also when the program cannot be executed.
///
/// No signal is blocked or ignored in it, whatever the caller does with signals.
pid_t spawn(const spawn_request& request) noexcept;

/// The environment of this process.
char** environment() noexcept;

}  // namespace zocalo::sys
