// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/core/flags.hpp"
#include "zocalo/net/credentials.hpp"
#include "zocalo/net/family.hpp"
#include "zocalo/net/filter.hpp"
#include "zocalo/net/option_value.hpp"

/// Socket options as types: those of every socket (level SOL_SOCKET).
///
///     server.set(option::reuse_address{true});
///     int size = server.get<option::receive_buffer>().value;
///
/// Each level has a header and a namespace of its own: option_ip.hpp (option::ip), option_ipv6.hpp,
/// option_tcp.hpp, option_udp.hpp, option_packet.hpp; groups are joined with multicast.hpp. Reading
/// what can only be set, and setting what can only be read, does not compile. Options without a
/// type here: socket::set_option() and get_option() by number.
namespace zocalo::net::option {

inline constexpr int socket_level = 1;  ///< SOL_SOCKET

// --- Addresses and life

/// SO_REUSEADDR: bind although old connections of that address linger in TIME-WAIT.
using reuse_address = setting<socket_level, 2, bool>;
/// SO_REUSEPORT: several sockets share one address; the kernel spreads what arrives.
using reuse_port = setting<socket_level, 15, bool>;
/// SO_BINDTODEVICE: the name of the one interface to use; empty for any.
using bind_to_device = setting<socket_level, 25, std::string, access::both, text_wire<16>>;
/// SO_BINDTOIFINDEX: the same by index; 0 for any.
using bind_to_interface = setting<socket_level, 62, int>;
/// SO_BROADCAST: allow sending to broadcast addresses.
using broadcast = setting<socket_level, 6, bool>;
/// SO_DONTROUTE: only to hosts on the same link.
using dont_route = setting<socket_level, 5, bool>;
/// SO_KEEPALIVE: probe an idle peer; how often, see option_tcp.hpp.
using keep_alive = setting<socket_level, 9, bool>;
/// SO_DEBUG: wants CAP_NET_ADMIN.
using debug = setting<socket_level, 1, bool>;

/// struct linger: on or off, and how long.
struct linger_wire {
    using seconds = std::optional<std::chrono::seconds>;
    static constexpr std::size_t capacity = 2 * sizeof(int);
    static auto encode(seconds value) {
        return bytes_of(std::array<int, 2>{
            value ? 1 : 0, value ? checked_cast<int>(value->count(), "option::linger") : 0});
    }
    static seconds decode(const_buffer bytes) noexcept {
        const auto [on, span] = object_from<std::array<int, 2>>(bytes);
        if (on == 0) return std::nullopt;
        return std::chrono::seconds(span);
    }
};
/// SO_LINGER: how long close() may wait until everything is acknowledged; zero resets the
/// connection, nothing (the default) lets the kernel finish in the background.
using linger =
    setting<socket_level, 13, std::optional<std::chrono::seconds>, access::both, linger_wire>;

// --- Buffers, time and priority

/// SO_SNDBUF, SO_RCVBUF in bytes: the kernel doubles what is set and reads back the double.
using send_buffer = setting<socket_level, 7, int>;
using receive_buffer = setting<socket_level, 8, int>;
/// SO_SNDBUFFORCE, SO_RCVBUFFORCE: past net.core.[wr]mem_max; wants CAP_NET_ADMIN.
using force_send_buffer = writable<socket_level, 32, int>;
using force_receive_buffer = writable<socket_level, 33, int>;
/// SO_RCVLOWAT: a stream is readable from so many bytes on. SO_SNDLOWAT is always 1 on Linux.
using receive_low_water = setting<socket_level, 18, int>;
using send_low_water = readable<socket_level, 19, int>;
/// SO_BUF_LOCK: whether the kernel may still tune the buffers: 1 send locked, 2 receive locked.
using buffer_lock = setting<socket_level, 72, int>;
/// SO_RESERVE_MEM: bytes of memory that are set aside for this socket.
using reserve_memory = setting<socket_level, 73, int>;

/// struct timeval, where zero means without end: shorter spans than a microsecond become one.
struct time_wire {
    static constexpr std::size_t capacity = 2 * sizeof(long);
    static auto encode(timeout value) {
        const auto limit = value.value();
        const auto span = limit ? std::max(limit->count() / 1000, std::int64_t{1}) : 0;
        return bytes_of(std::array<long, 2>{static_cast<long>(span / 1'000'000),
                                            static_cast<long>(span % 1'000'000)});
    }
    static timeout decode(const_buffer bytes) noexcept {
        const auto [seconds, micros] = object_from<std::array<long, 2>>(bytes);
        if (seconds == 0 && micros == 0) return timeout::none();
        return std::chrono::seconds(seconds) + std::chrono::microseconds(micros);
    }
};
/// SO_RCVTIMEO, SO_SNDTIMEO: the kernel's own time-outs, for descriptors that other code uses.
/// Sockets here keep theirs with set_timeout(), which also covers whole operations. There is no
/// zero, "do not wait": it becomes the shortest wait.
using receive_timeout = setting<socket_level, 20, timeout, access::both, time_wire>;
using send_timeout = setting<socket_level, 21, timeout, access::both, time_wire>;

/// SO_PRIORITY: the queueing class of what is sent; above 6 wants CAP_NET_ADMIN.
using priority = setting<socket_level, 12, int>;
/// SO_MARK: the firewall mark; wants CAP_NET_ADMIN. SO_RCVMARK: pass the mark of what arrives.
using mark = setting<socket_level, 36, std::uint32_t>;
using receive_mark = setting<socket_level, 75, bool>;
/// SO_MAX_PACING_RATE in bytes a second; the largest number is no limit.
using max_pacing_rate = setting<socket_level, 47, std::uint64_t>;
/// SO_BUSY_POLL: how long a receive asks the device before it sleeps.
using busy_poll = setting<socket_level, 46, std::chrono::microseconds>;
/// SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET (packets a round).
using prefer_busy_poll = setting<socket_level, 69, bool>;
using busy_poll_budget = writable<socket_level, 70, int>;
/// SO_INCOMING_CPU: which processor handles this flow; on a listener with reuse_port, which one
/// this socket serves.
using incoming_cpu = setting<socket_level, 49, int>;
/// SO_INCOMING_NAPI_ID: which device queue the last packet came from.
using incoming_queue = readable<socket_level, 56, unsigned>;
/// SO_TXREHASH: choose another path when one fails; SO_CNX_ADVICE: ask for that now.
using rehash_paths = setting<socket_level, 74, int>;
using change_path = writable<socket_level, 53, int>;

// --- What a receive tells beside the data; read it with control.hpp

/// SO_OOBINLINE: urgent data stays in the stream.
using oob_inline = setting<socket_level, 10, bool>;
/// SO_TIMESTAMP, SO_TIMESTAMPNS: when each message arrived, in micro- or nanoseconds.
using timestamp = setting<socket_level, 29, bool>;
using timestamp_ns = setting<socket_level, 35, bool>;
/// SO_RXQ_OVFL: how many messages were dropped because the buffer was full.
using count_drops = setting<socket_level, 40, bool>;
/// SO_PASSCRED, SO_PASSSEC, SO_PASSPIDFD: who sent it: credentials, security label, process.
using pass_credentials = setting<socket_level, 16, bool>;
using pass_security = setting<socket_level, 34, bool>;
using pass_process = setting<socket_level, 76, bool>;
/// SO_PASSRIGHTS (Linux 6.16): false refuses descriptors before they reach this process.
using pass_descriptors = setting<socket_level, 83, bool>;
/// SO_WIFI_STATUS, SO_NOFCS, SO_SELECT_ERR_QUEUE.
using wifi_status = setting<socket_level, 41, bool>;
using no_frame_check = setting<socket_level, 43, bool>;
using select_error_queue = setting<socket_level, 45, bool>;
/// SO_PEEK_OFF: where a peek starts, moving on with each; −1 is off.
using peek_offset = setting<socket_level, 42, int>;
/// SO_NO_CHECK: UDP over IPv4 without checksums.
using no_checksum = setting<socket_level, 11, bool>;

/// SOF_TIMESTAMPING_*: which time stamps, and how they are reported (timestamping.rst of Linux).
enum class stamp : unsigned {
    none = 0,
    transmit_hardware = 1 << 0,
    transmit_software = 1 << 1,
    receive_hardware = 1 << 2,
    receive_software = 1 << 3,
    software = 1 << 4,
    raw_hardware = 1 << 6,
    option_id = 1 << 7,
    transmit_scheduled = 1 << 8,
    transmit_acknowledged = 1 << 9,
    option_control = 1 << 10,
    option_timestamp_only = 1 << 11,
    option_statistics = 1 << 12,
    option_packet_info = 1 << 13,
    option_transmit_swhw = 1 << 14,
};
/// SO_TIMESTAMPING.
using timestamping = setting<socket_level, 37, stamp>;

/// SO_TXTIME: messages may carry the moment at which to send them (struct sock_txtime).
struct transmit_time {
    int clock = 11;           ///< CLOCK_TAI, as the etf scheduler wants it; fq wants 1, MONOTONIC
    std::uint32_t flags = 0;  ///< 1: the time is a deadline; 2: report what was missed
};
using transmit_at =
    setting<socket_level, 61, transmit_time, access::both, plain_wire<transmit_time>>;

/// SO_ZEROCOPY: allows MSG_ZEROCOPY; see zero_copy.hpp.
using zero_copy = setting<socket_level, 60, bool>;

// --- Filters and steering. A program must live until set() returns.

/// SO_ATTACH_FILTER: what the program refuses does not arrive. SO_DETACH_FILTER takes it off;
/// SO_LOCK_FILTER keeps it for good.
using attach_filter = writable<socket_level, 26, std::span<const filter_instruction>, filter_wire>;
using detach_filter = writable<socket_level, 27, nothing>;
using lock_filter = setting<socket_level, 44, bool>;
/// SO_ATTACH_BPF: the same with the descriptor of a loaded eBPF program.
using attach_bpf = writable<socket_level, 50, int>;
/// SO_ATTACH_REUSEPORT_CBPF, _EBPF: which socket of a reuse_port group gets what arrives.
using attach_reuse_port_filter =
    writable<socket_level, 51, std::span<const filter_instruction>, filter_wire>;
using attach_reuse_port_bpf = writable<socket_level, 52, int>;
using detach_reuse_port_bpf = writable<socket_level, 68, nothing>;
/// SO_BPF_EXTENSIONS: how many extensions of the filter language the kernel has.
using bpf_extensions = readable<socket_level, 48, int>;

// --- Questions

/// SO_TYPE, SO_DOMAIN, SO_PROTOCOL: what socket::type() and its sisters tell without a call.
using kind = readable<socket_level, 3, net::type>;
using domain = readable<socket_level, 39, net::family>;
using protocol = readable<socket_level, 38, net::protocol>;
/// SO_ERROR: the error that waits, as errno; socket::take_error() gives an error_code.
using error = readable<socket_level, 4, int>;
/// SO_ACCEPTCONN: whether it listens.
using accepts_connections = readable<socket_level, 30, bool>;
/// SO_PEERCRED: who connected a Unix socket, or who listened; as of then.
using peer_credentials = readable<socket_level, 17, credentials, plain_wire<credentials>>;
/// SO_PEERSEC: the security label of the peer.
using peer_security = readable<socket_level, 31, std::string, text_wire<256>>;
/// SO_PEERPIDFD (Linux 6.5): a descriptor of the peer's process, the caller's to close.
using peer_process = readable<socket_level, 77, int>;

struct groups_wire {
    static constexpr std::size_t capacity = 4096 * sizeof(std::uint32_t);
    static std::vector<std::uint32_t> decode(const_buffer bytes) {
        std::vector<std::uint32_t> groups(bytes.size() / sizeof(std::uint32_t));
        if (!groups.empty())
            std::memcpy(groups.data(), bytes.data(), groups.size() * sizeof(std::uint32_t));
        return groups;
    }
};
/// SO_PEERGROUPS: the further groups of the peer; std::errc::result_out_of_range above 4096.
using peer_groups = readable<socket_level, 59, std::vector<std::uint32_t>, groups_wire>;

/// SO_COOKIE, SO_NETNS_COOKIE: numbers of this socket and of its network namespace, never used
/// again while the machine runs.
using cookie = readable<socket_level, 57, std::uint64_t>;
using namespace_cookie = readable<socket_level, 71, std::uint64_t>;

/// SO_MEMINFO: what the socket's buffers hold, in bytes.
struct memory {
    std::uint32_t receive_used, receive_limit, send_used, send_limit, reserved, send_queued,
        options, backlog, drops;
};
using memory_info = readable<socket_level, 55, memory, plain_wire<memory>>;

}  // namespace zocalo::net::option

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::option::stamp> = true;
