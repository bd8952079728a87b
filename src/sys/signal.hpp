// SPDX-License-Identifier: MIT
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

inline int signalfd(const sigset_t& signals) noexcept {
    return once(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}
/// For the calling thread, and the threads that it starts from now on.
inline void block_signals(const sigset_t& signals, sigset_t& old) noexcept {
    ::pthread_sigmask(SIG_BLOCK, &signals, &old);
}
inline void set_signal_mask(const sigset_t& mask) noexcept {
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

}  // namespace zocalo::sys
