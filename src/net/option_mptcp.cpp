// SPDX-License-Identifier: MIT
#include "zocalo/net/option_mptcp.hpp"

#include <linux/mptcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/fail.hpp"
#include "net/option_check.hpp"
#include "sys/socket.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {check<option::mptcp::info>(284, MPTCP_INFO)};
static_assert(options_agree(options));
static_assert(sizeof(mptcp_info) <= option::mptcp::info_wire::capacity);

}  // namespace

option::mptcp::connection_info option::mptcp::info_wire::decode(const_buffer bytes) noexcept {
    const auto kernel = object_from<mptcp_info>(bytes);
    return {.subflows = kernel.mptcpi_subflows,
            .addresses_announced = kernel.mptcpi_add_addr_signal,
            .addresses_accepted = kernel.mptcpi_add_addr_accepted,
            .max_subflows = kernel.mptcpi_subflows_max,
            .fallback = (kernel.mptcpi_flags & MPTCP_INFO_FLAG_FALLBACK) != 0,
            .token = kernel.mptcpi_token,
            .next_to_send = kernel.mptcpi_write_seq,
            .unacknowledged_from = kernel.mptcpi_snd_una,
            .next_to_receive = kernel.mptcpi_rcv_nxt};
}

bool fell_back_to_tcp(const socket& connection) {
    std::byte bytes[option::mptcp::info::capacity];
    socklen_t size = sizeof bytes;
    // A TCP socket does not know the level, and a socket that fell back no longer answers.
    const int result = sys::getsockopt(connection.fileno(), option::mptcp::level,
                                       option::mptcp::info::name, bytes, &size);
    if (result == -EOPNOTSUPP || result == -ENOPROTOOPT) return true;
    if (result < 0) fail("ask for multipath", connection, result);
    return option::mptcp::info_wire::decode(const_buffer(bytes, size)).fallback;
}

}  // namespace zocalo::net
