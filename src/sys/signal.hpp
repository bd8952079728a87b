// SPDX-License-Identifier: MIT
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>

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

/// While it lives, this thread gets no SIGPIPE, and one that a call here causes is forgotten: for
/// calls that take no MSG_NOSIGNAL.
class sigpipe_guard {
 public:
    sigpipe_guard() noexcept {
        sigset_t waiting;
        ::sigemptyset(&pipe_);
        ::sigaddset(&pipe_, SIGPIPE);
        ::sigpending(&waiting);
        was_pending_ = ::sigismember(&waiting, SIGPIPE) == 1;
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &old_);
    }
    ~sigpipe_guard() {
        const timespec at_once{};
        if (!was_pending_) retry<::sigtimedwait>(&pipe_, nullptr, &at_once);
        ::pthread_sigmask(SIG_SETMASK, &old_, nullptr);
    }
    sigpipe_guard(const sigpipe_guard&) = delete;
    sigpipe_guard& operator=(const sigpipe_guard&) = delete;

 private:
    sigset_t pipe_;
    sigset_t old_;
    bool was_pending_ = false;
};

}  // namespace zocalo::sys
