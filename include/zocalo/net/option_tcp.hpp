// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "zocalo/net/option_value.hpp"

/// Options of TCP sockets (level IPPROTO_TCP; tcp(7)).
namespace zocalo::net::option::tcp {

inline constexpr int level = 6;  ///< SOL_TCP, IPPROTO_TCP

/// TCP_NODELAY: send small pieces at once instead of gathering them (Nagle's algorithm).
using no_delay = setting<level, 1, bool>;
/// TCP_CORK: send full segments only, until it is taken off (or for 200 ms).
using cork = setting<level, 3, bool>;
/// TCP_QUICKACK: acknowledge at once; the kernel soon goes back by itself.
using quick_ack = setting<level, 12, bool>;
/// TCP_MAXSEG: bytes of a segment.
using max_segment = setting<level, 2, int>;

/// TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT: silence before the first probe, time between probes,
/// probes before the connection is given up. With option::keep_alive.
using keep_idle = setting<level, 4, std::chrono::seconds>;
using keep_interval = setting<level, 5, std::chrono::seconds>;
using keep_count = setting<level, 6, int>;
/// TCP_USER_TIMEOUT: how long data may stay unacknowledged before the connection is given up; zero
/// is the system's default (RFC 5482).
using user_timeout = setting<level, 18, std::chrono::milliseconds>;
/// TCP_SYNCNT: how often a connection is asked for.
using syn_count = setting<level, 7, int>;
/// TCP_LINGER2: time in FIN-WAIT-2 after close(); −1 s ends it at once.
using linger2 = setting<level, 8, std::chrono::seconds>;
/// TCP_DEFER_ACCEPT: accept() sees a connection when its first data came, or after this time; the
/// kernel rounds it up to its retransmissions.
using defer_accept = setting<level, 9, std::chrono::seconds>;

/// TCP_CONGESTION: the algorithm by name: "cubic", "bbr".
using congestion = setting<level, 13, std::string, access::both, text_wire<16>>;
/// TCP_WINDOW_CLAMP: the largest window to announce.
using window_clamp = setting<level, 10, int>;
/// TCP_NOTSENT_LOWAT: writable only below so many unsent bytes.
using not_sent_low_water = setting<level, 25, std::uint32_t>;
/// TCP_THIN_LINEAR_TIMEOUTS, TCP_THIN_DUPACK: repeat sooner on connections that send little.
using thin_linear_timeouts = setting<level, 16, bool>;
using thin_duplicate_acks = setting<level, 17, bool>;
/// TCP_TX_DELAY: an artificial delay of what is sent.
using transmit_delay = setting<level, 37, std::chrono::microseconds>;

/// TCP_FASTOPEN: on a listener, how many connections may wait that sent data with their first
/// packet (RFC 7413).
using fast_open = setting<level, 23, int>;
/// TCP_FASTOPEN_CONNECT: connect() returns at once and the first send carries its data along.
using fast_open_connect = setting<level, 30, bool>;
/// TCP_FASTOPEN_KEY: 16 bytes, or 32 with the backup; TCP_FASTOPEN_NO_COOKIE.
using fast_open_key = setting<level, 33, std::vector<std::byte>, access::both, blob_wire<32>>;
using fast_open_no_cookie = setting<level, 34, bool>;

/// TCP_SAVE_SYN: keep the first packet of each connection; TCP_SAVED_SYN reads it once.
using save_syn = setting<level, 27, int>;
using saved_syn = readable<level, 28, std::vector<std::byte>, blob_wire<500>>;
/// TCP_ULP: what runs on top: "tls" for the kernel's own records.
using upper_protocol = setting<level, 31, std::string, access::both, text_wire<16>>;
/// TCP_INQ: each receive tells how much more there is; incoming_control::queued_bytes().
using report_queue = setting<level, 36, bool>;
/// TCP_TIMESTAMP: the clock of this connection's time stamps.
using timestamp_clock = setting<level, 24, std::uint32_t>;
/// TCP_CC_INFO: what the congestion algorithm reports, as bytes.
using congestion_info = readable<level, 26, std::vector<std::byte>, blob_wire<64>>;
/// TCP_REPAIR: take a connection apart and put it together elsewhere; wants CAP_NET_ADMIN.
using repair = setting<level, 19, int>;

/// TCP_MD5SIG: the key that signs segments with one peer (RFC 2385); an empty key takes it off.
/// The bytes are struct tcp_md5sig: address, flags, prefix, length, interface, key.
struct signature_wire {
    static constexpr std::size_t capacity = 216;
    static auto encode(const std::array<std::byte, capacity>& value) noexcept { return value; }
};
using md5_signature = writable<level, 14, std::array<std::byte, 216>, signature_wire>;
/// TCP_ZEROCOPY_RECEIVE takes a structure that grows and goes with mmap(); by number only.
inline constexpr int zero_copy_receive_name = 35;

/// The states of a connection (RFC 9293 §3.3.2).
enum class state : std::uint8_t {
    established = 1,
    syn_sent = 2,
    syn_received = 3,
    fin_wait_1 = 4,
    fin_wait_2 = 5,
    time_wait = 6,
    closed = 7,
    close_wait = 8,
    last_ack = 9,
    listening = 10,
    closing = 11,
    new_syn_received = 12,
};

/// What the kernel knows about a connection; what an older kernel does not tell is zero.
struct connection_info {
    tcp::state state = tcp::state::closed;
    std::uint8_t congestion_state = 0;  ///< 0 open, 1 disorder, 2 reduced, 3 recovery, 4 loss
    std::uint8_t retransmits = 0;       ///< of the segment that waits now
    std::uint8_t probes = 0;
    std::uint8_t backoff = 0;
    std::uint8_t options =
        0;  ///< 1 time stamps, 2 SACK, 4 scaling, 8 ECN, 16 ECN seen, 32 SYN data
    std::uint8_t send_scale = 0;
    std::uint8_t receive_scale = 0;
    bool limited_by_sender = false;  ///< the delivery rate is less than the path could carry
    std::uint8_t fast_open_client_fail = 0;

    std::chrono::microseconds retransmission_timeout{};
    std::chrono::microseconds ack_timeout{};
    std::chrono::microseconds round_trip{};
    std::chrono::microseconds round_trip_variation{};
    std::chrono::microseconds min_round_trip{};
    std::chrono::microseconds receiver_round_trip{};
    std::chrono::milliseconds since_data_sent{};
    std::chrono::milliseconds since_data_received{};
    std::chrono::milliseconds since_ack_received{};

    std::uint32_t send_segment = 0;  ///< bytes
    std::uint32_t receive_segment = 0;
    std::uint32_t advertised_segment = 0;
    std::uint32_t path_mtu = 0;

    // Segments in flight now
    std::uint32_t unacknowledged = 0;
    std::uint32_t selectively_acknowledged = 0;
    std::uint32_t lost = 0;
    std::uint32_t retransmitted = 0;
    std::uint32_t congestion_window = 0;
    std::uint32_t send_threshold = 0;
    std::uint32_t reordering = 0;

    // Bytes
    std::uint32_t receive_threshold = 0;
    std::uint32_t receive_space = 0;
    std::uint32_t send_window = 0;
    std::uint32_t unsent = 0;
    std::uint64_t bytes_acknowledged = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_retransmitted = 0;

    // Segments since the start
    std::uint32_t segments_sent = 0;
    std::uint32_t segments_received = 0;
    std::uint32_t data_segments_sent = 0;
    std::uint32_t data_segments_received = 0;
    std::uint32_t total_retransmits = 0;
    std::uint32_t delivered = 0;
    std::uint32_t delivered_with_congestion_mark = 0;
    std::uint32_t duplicate_sacks = 0;
    std::uint32_t reorderings_seen = 0;
    std::uint32_t out_of_order = 0;

    // Bytes a second; and where the time went
    std::uint64_t pacing_rate = 0;
    std::uint64_t max_pacing_rate = 0;
    std::uint64_t delivery_rate = 0;
    std::chrono::microseconds busy{};
    std::chrono::microseconds limited_by_peer_window{};
    std::chrono::microseconds limited_by_send_buffer{};
};

struct info_wire {
    static constexpr std::size_t capacity = 256;
    static connection_info decode(const_buffer bytes) noexcept;
};
/// TCP_INFO.
using info = readable<level, 11, connection_info, info_wire>;

}  // namespace zocalo::net::option::tcp
