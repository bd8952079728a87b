// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>

#include "sys/socket.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::net {

/// A signal, or the error of a connection that died in the queue, which accept(2) reports in the
/// place of the next one.
inline bool is_no_answer(long error) noexcept {
    switch (-error) {
        case EINTR:
        case ECONNABORTED:
        case ENETDOWN:
        case EPROTO:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case ENETUNREACH:
            return true;
        default:
            return false;
    }
}

/// Errors that tell about this socket or this call, and so will not go away. Everything else
/// (EMFILE, ENFILE, ENOBUFS, ENOMEM, a firewall's EPERM) may: something has run out, for now.
inline bool belongs_to_socket(int error) noexcept {
    switch (error) {
        case EAGAIN:
        case ETIMEDOUT:
        case ECANCELED:
        case EBADF:
        case EINVAL:
        case ENOTSOCK:
        case EOPNOTSUPP:
        case EFAULT:
            return true;
        default:
            return false;
    }
}

inline int accept_once(int server, endpoint& peer) noexcept {
    socklen_t size = endpoint::capacity;
    const int result = sys::accept(server, peer.data(), &size);
    peer.resize(size);
    return result;
}

/// What accept_next() does after a failure.
[[gnu::cold, gnu::noinline]] inline int accept_insisting(int server, endpoint& peer,
                                                         int result) noexcept {
    while (result < 0 && is_no_answer(result)) {
        result = accept_once(server, peer);
    }
    return result;
}

/// The next connection that is alive, or −errno.
inline int accept_next(int server, endpoint& peer) noexcept {
    const int next = accept_once(server, peer);
    if (next >= 0) [[likely]]
        return next;
    return accept_insisting(server, peer, next);
}

}  // namespace zocalo::net
