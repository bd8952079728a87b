// SPDX-License-Identifier: MIT
#pragma once

#include <poll.h>

#include <cerrno>

#include "sys/wait.hpp"
#include "zocalo/net/socket.hpp"

/// How every call on a socket obeys its time-out and its stop.
///
/// A socket without either blocks in the kernel, and the call is made once. Any other socket is in
/// non-blocking mode: the call is tried, and only when it would block is there a wait, then another
/// try.
namespace zocalo::net {

/// Tries `call` until it does not block, the deadline passes or the socket is stopped; the result,
/// or −errno.
template <class Call>
long operate_until(const socket& socket, short events, const deadline& until, Call call) {
    for (;;) {
        const long result = call();
        if (result != -EAGAIN || until.limit().is_zero()) return result;
        if (until.limit().is_none() && socket.stop_fileno() < 0) return result;
        if (const int waited =
                sys::wait_ready(socket.fileno(), events, until, socket.stop_fileno());
            waited < 0) {
            return waited;
        }
    }
}

/// What operate() does after a call that would block: out of line, so that the call that does not
/// costs little more than the kernel's own.
template <class Call>
[[gnu::cold, gnu::noinline]] long operate_later(const socket& socket, short events,
                                                message_flag flags, Call call) {
    constexpr long result = -EAGAIN;  // what the call has said
    if (socket.get_timeout().is_zero() || has(flags, message_flag::dont_wait)) return result;
    // Only a limit of the kernel's own (SO_RCVTIMEO, SO_SNDTIMEO) makes a socket that may block say
    // this.
    if (socket.get_timeout().is_none() && socket.stop_fileno() < 0) return result;
    const deadline until{socket.get_timeout()};
    if (const int waited = sys::wait_ready(socket.fileno(), events, until, socket.stop_fileno());
        waited < 0) {
        return waited;
    }
    return operate_until(socket, events, until, call);
}

/// The same with the socket's own time-out, counted from now; the clock is read only when there is
/// a wait.
template <class Call>
long operate(const socket& socket, short events, message_flag flags, Call call) {
    const long result = call();
    if (result != -EAGAIN) [[likely]]
        return result;
    return operate_later(socket, events, flags, call);
}

}  // namespace zocalo::net
