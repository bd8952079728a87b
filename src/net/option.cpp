// SPDX-License-Identifier: MIT
// The numbers of option.hpp, held against the system's headers.
#include "zocalo/net/option.hpp"

#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstddef>

#include "net/option_check.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {
    check<option::reuse_address>(SOL_SOCKET, SO_REUSEADDR),
    check<option::reuse_port>(SOL_SOCKET, SO_REUSEPORT),
    check<option::bind_to_device>(SOL_SOCKET, SO_BINDTODEVICE),
    check<option::bind_to_interface>(SOL_SOCKET, SO_BINDTOIFINDEX),
    check<option::broadcast>(SOL_SOCKET, SO_BROADCAST),
    check<option::dont_route>(SOL_SOCKET, SO_DONTROUTE),
    check<option::keep_alive>(SOL_SOCKET, SO_KEEPALIVE),
    check<option::debug>(SOL_SOCKET, SO_DEBUG),
    check<option::linger>(SOL_SOCKET, SO_LINGER),
    check<option::send_buffer>(SOL_SOCKET, SO_SNDBUF),
    check<option::receive_buffer>(SOL_SOCKET, SO_RCVBUF),
    check<option::force_send_buffer>(SOL_SOCKET, SO_SNDBUFFORCE),
    check<option::force_receive_buffer>(SOL_SOCKET, SO_RCVBUFFORCE),
    check<option::receive_low_water>(SOL_SOCKET, SO_RCVLOWAT),
    check<option::send_low_water>(SOL_SOCKET, SO_SNDLOWAT),
    check<option::buffer_lock>(SOL_SOCKET, SO_BUF_LOCK),
    check<option::reserve_memory>(SOL_SOCKET, SO_RESERVE_MEM),
    check<option::receive_timeout>(SOL_SOCKET, SO_RCVTIMEO),
    check<option::send_timeout>(SOL_SOCKET, SO_SNDTIMEO),
    check<option::priority>(SOL_SOCKET, SO_PRIORITY),
    check<option::mark>(SOL_SOCKET, SO_MARK),
    check<option::receive_mark>(SOL_SOCKET, SO_RCVMARK),
    check<option::max_pacing_rate>(SOL_SOCKET, SO_MAX_PACING_RATE),
    check<option::busy_poll>(SOL_SOCKET, SO_BUSY_POLL),
    check<option::prefer_busy_poll>(SOL_SOCKET, SO_PREFER_BUSY_POLL),
    check<option::busy_poll_budget>(SOL_SOCKET, SO_BUSY_POLL_BUDGET),
    check<option::incoming_cpu>(SOL_SOCKET, SO_INCOMING_CPU),
    check<option::incoming_queue>(SOL_SOCKET, SO_INCOMING_NAPI_ID),
    check<option::rehash_paths>(SOL_SOCKET, SO_TXREHASH),
    check<option::change_path>(SOL_SOCKET, SO_CNX_ADVICE),
    check<option::oob_inline>(SOL_SOCKET, SO_OOBINLINE),
    check<option::timestamp>(SOL_SOCKET, SO_TIMESTAMP),
    check<option::timestamp_ns>(SOL_SOCKET, SO_TIMESTAMPNS),
    check<option::count_drops>(SOL_SOCKET, SO_RXQ_OVFL),
    check<option::pass_credentials>(SOL_SOCKET, SO_PASSCRED),
    check<option::pass_security>(SOL_SOCKET, SO_PASSSEC),
    check<option::wifi_status>(SOL_SOCKET, SO_WIFI_STATUS),
    check<option::no_frame_check>(SOL_SOCKET, SO_NOFCS),
    check<option::select_error_queue>(SOL_SOCKET, SO_SELECT_ERR_QUEUE),
    check<option::peek_offset>(SOL_SOCKET, SO_PEEK_OFF),
    check<option::no_checksum>(SOL_SOCKET, SO_NO_CHECK),
    check<option::timestamping>(SOL_SOCKET, SO_TIMESTAMPING),
    check<option::transmit_at>(SOL_SOCKET, SO_TXTIME),
    check<option::zero_copy>(SOL_SOCKET, SO_ZEROCOPY),
    check<option::attach_filter>(SOL_SOCKET, SO_ATTACH_FILTER),
    check<option::detach_filter>(SOL_SOCKET, SO_DETACH_FILTER),
    check<option::lock_filter>(SOL_SOCKET, SO_LOCK_FILTER),
    check<option::attach_bpf>(SOL_SOCKET, SO_ATTACH_BPF),
    check<option::attach_reuse_port_filter>(SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF),
    check<option::attach_reuse_port_bpf>(SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF),
    check<option::detach_reuse_port_bpf>(SOL_SOCKET, SO_DETACH_REUSEPORT_BPF),
    check<option::bpf_extensions>(SOL_SOCKET, SO_BPF_EXTENSIONS),
    check<option::kind>(SOL_SOCKET, SO_TYPE),
    check<option::domain>(SOL_SOCKET, SO_DOMAIN),
    check<option::protocol>(SOL_SOCKET, SO_PROTOCOL),
    check<option::error>(SOL_SOCKET, SO_ERROR),
    check<option::accepts_connections>(SOL_SOCKET, SO_ACCEPTCONN),
    check<option::peer_credentials>(SOL_SOCKET, SO_PEERCRED),
    check<option::peer_security>(SOL_SOCKET, SO_PEERSEC),
    check<option::peer_groups>(SOL_SOCKET, SO_PEERGROUPS),
    check<option::cookie>(SOL_SOCKET, SO_COOKIE),
    check<option::namespace_cookie>(SOL_SOCKET, SO_NETNS_COOKIE),
    check<option::memory_info>(SOL_SOCKET, SO_MEMINFO),
};
static_assert(options_agree(options));

// SO_PASSPIDFD (76), SO_PEERPIDFD (77) and SO_PASSRIGHTS (83) are younger than Debian 12's headers.

static_assert(offsetof(sock_fprog, filter) == sizeof(void*));
static_assert(sizeof(filter_instruction) == sizeof(sock_filter));
static_assert(offsetof(filter_instruction, jump_true) == offsetof(sock_filter, jt));
static_assert(offsetof(filter_instruction, operand) == offsetof(sock_filter, k));
static_assert(sizeof(credentials) == sizeof(ucred));
static_assert(offsetof(credentials, user) == offsetof(ucred, uid));
static_assert(offsetof(credentials, group) == offsetof(ucred, gid));
static_assert(sizeof(timeval) == option::time_wire::capacity);
static_assert(sizeof(::linger) == option::linger_wire::capacity);
static_assert(sizeof(option::transmit_time) == sizeof(sock_txtime));

using option::stamp;
constexpr std::pair<stamp, int> stamps[] = {
    {stamp::transmit_hardware, SOF_TIMESTAMPING_TX_HARDWARE},
    {stamp::transmit_software, SOF_TIMESTAMPING_TX_SOFTWARE},
    {stamp::receive_hardware, SOF_TIMESTAMPING_RX_HARDWARE},
    {stamp::receive_software, SOF_TIMESTAMPING_RX_SOFTWARE},
    {stamp::software, SOF_TIMESTAMPING_SOFTWARE},
    {stamp::raw_hardware, SOF_TIMESTAMPING_RAW_HARDWARE},
    {stamp::option_id, SOF_TIMESTAMPING_OPT_ID},
    {stamp::transmit_scheduled, SOF_TIMESTAMPING_TX_SCHED},
    {stamp::transmit_acknowledged, SOF_TIMESTAMPING_TX_ACK},
    {stamp::option_control, SOF_TIMESTAMPING_OPT_CMSG},
    {stamp::option_timestamp_only, SOF_TIMESTAMPING_OPT_TSONLY},
    {stamp::option_statistics, SOF_TIMESTAMPING_OPT_STATS},
    {stamp::option_packet_info, SOF_TIMESTAMPING_OPT_PKTINFO},
    {stamp::option_transmit_swhw, SOF_TIMESTAMPING_OPT_TX_SWHW},
};
consteval bool stamps_agree() {
    for (const auto& [ours, number] : stamps) {
        if (static_cast<int>(ours) != number) return false;
    }
    return true;
}
static_assert(stamps_agree());

}  // namespace

}  // namespace zocalo::net
