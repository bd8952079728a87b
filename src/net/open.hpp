// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/socket.hpp"

namespace zocalo::net {

/// Opens a socket; one for MPTCP becomes one for TCP where the kernel has no MPTCP, which is what
/// the protocol does too when only the peer has none (RFC 8684 §3.7).
inline socket open_or_fall_back(family family, type type, protocol protocol) {
    try {
        return socket{family, type, protocol};
    } catch (const std::system_error& error) {
        // Kernels without it, and those that have it switched off, say one of three things.
        const bool unknown = error.code() == std::errc::protocol_not_supported ||
                             error.code() == std::errc::no_protocol_option ||
                             error.code() == std::errc::invalid_argument;
        if (protocol != protocol::mptcp || !unknown) throw;
        return socket{family, type};
    }
}

}  // namespace zocalo::net
