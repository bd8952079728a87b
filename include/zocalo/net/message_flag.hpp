// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/core/flags.hpp"

namespace zocalo::net {

/// What a single send or receive does differently, and what a receive says about a message (MSG_*).
enum class message_flag : unsigned {
    none = 0,
    oob = 0x1,         ///< MSG_OOB: urgent data
    peek = 0x2,        ///< MSG_PEEK: leave what is read in the queue
    dont_route = 0x4,  ///< MSG_DONTROUTE: only to hosts on the same link
    ctrunc = 0x8,      ///< MSG_CTRUNC, on receipt: ancillary data did not fit and was dropped
    trunc =
        0x20,  ///< MSG_TRUNC: a receive returns the real length; on receipt: the message was cut
    dont_wait = 0x40,        ///< MSG_DONTWAIT: this call does not wait, whatever the time-out
    eor = 0x80,              ///< MSG_EOR: end of a record (seqpacket)
    wait_all = 0x100,        ///< MSG_WAITALL: wait until the buffer is full
    confirm = 0x800,         ///< MSG_CONFIRM: the peer answered, so the neighbour entry is good
    errqueue = 0x2000,       ///< MSG_ERRQUEUE: receive from the error queue
    no_signal = 0x4000,      ///< MSG_NOSIGNAL: always on here, named for completeness
    more = 0x8000,           ///< MSG_MORE: more follows at once, do not send a small segment yet
    wait_for_one = 0x10000,  ///< MSG_WAITFORONE: recv_many does not wait after the first message
    zero_copy = 0x4000000,   ///< MSG_ZEROCOPY: send from the caller's pages, see option::zero_copy
    fastopen = 0x20000000,   ///< MSG_FASTOPEN: connect and send in one (RFC 7413)
    cmsg_cloexec = 0x40000000,  ///< MSG_CMSG_CLOEXEC: always on here, named for completeness
};

}  // namespace zocalo::net

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::message_flag> = true;
