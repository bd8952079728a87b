// SPDX-License-Identifier: MIT
// The numbers of option_tcp.hpp and option_mptcp.hpp, held against the system's headers.
#include "zocalo/net/option_tcp.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>

#include "net/option_check.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {
    check<option::tcp::no_delay>(IPPROTO_TCP, TCP_NODELAY),
    check<option::tcp::cork>(IPPROTO_TCP, TCP_CORK),
    check<option::tcp::quick_ack>(IPPROTO_TCP, TCP_QUICKACK),
    check<option::tcp::max_segment>(IPPROTO_TCP, TCP_MAXSEG),
    check<option::tcp::keep_idle>(IPPROTO_TCP, TCP_KEEPIDLE),
    check<option::tcp::keep_interval>(IPPROTO_TCP, TCP_KEEPINTVL),
    check<option::tcp::keep_count>(IPPROTO_TCP, TCP_KEEPCNT),
    check<option::tcp::user_timeout>(IPPROTO_TCP, TCP_USER_TIMEOUT),
    check<option::tcp::syn_count>(IPPROTO_TCP, TCP_SYNCNT),
    check<option::tcp::linger2>(IPPROTO_TCP, TCP_LINGER2),
    check<option::tcp::defer_accept>(IPPROTO_TCP, TCP_DEFER_ACCEPT),
    check<option::tcp::congestion>(IPPROTO_TCP, TCP_CONGESTION),
    check<option::tcp::window_clamp>(IPPROTO_TCP, TCP_WINDOW_CLAMP),
    check<option::tcp::not_sent_low_water>(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
    check<option::tcp::thin_linear_timeouts>(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS),
    check<option::tcp::thin_duplicate_acks>(IPPROTO_TCP, TCP_THIN_DUPACK),
    check<option::tcp::transmit_delay>(IPPROTO_TCP, TCP_TX_DELAY),
    check<option::tcp::fast_open>(IPPROTO_TCP, TCP_FASTOPEN),
    check<option::tcp::fast_open_connect>(IPPROTO_TCP, TCP_FASTOPEN_CONNECT),
    check<option::tcp::fast_open_key>(IPPROTO_TCP, TCP_FASTOPEN_KEY),
    check<option::tcp::fast_open_no_cookie>(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE),
    check<option::tcp::save_syn>(IPPROTO_TCP, TCP_SAVE_SYN),
    check<option::tcp::saved_syn>(IPPROTO_TCP, TCP_SAVED_SYN),
    check<option::tcp::upper_protocol>(IPPROTO_TCP, TCP_ULP),
    check<option::tcp::report_queue>(IPPROTO_TCP, TCP_INQ),
    check<option::tcp::timestamp_clock>(IPPROTO_TCP, TCP_TIMESTAMP),
    check<option::tcp::congestion_info>(IPPROTO_TCP, TCP_CC_INFO),
    check<option::tcp::repair>(IPPROTO_TCP, TCP_REPAIR),
    check<option::tcp::md5_signature>(IPPROTO_TCP, TCP_MD5SIG),
    check<option::tcp::info>(IPPROTO_TCP, TCP_INFO),
};
static_assert(options_agree(options));

static_assert(option::tcp::zero_copy_receive_name == TCP_ZEROCOPY_RECEIVE);
static_assert(sizeof(tcp_md5sig) == option::tcp::signature_wire::capacity);
static_assert(sizeof(tcp_info) <= option::tcp::info_wire::capacity);

}  // namespace

namespace {

using option::tcp::connection_info;
using std::chrono::microseconds;
using std::chrono::milliseconds;

microseconds micro(std::uint64_t count) {
    return microseconds(static_cast<std::int64_t>(count));
}

/// What is true now: sizes, windows and what is in flight.
void fill_flight(connection_info& info, const tcp_info& kernel) {
    info.send_segment = kernel.tcpi_snd_mss;
    info.receive_segment = kernel.tcpi_rcv_mss;
    info.advertised_segment = kernel.tcpi_advmss;
    info.path_mtu = kernel.tcpi_pmtu;
    info.unacknowledged = kernel.tcpi_unacked;
    info.selectively_acknowledged = kernel.tcpi_sacked;
    info.lost = kernel.tcpi_lost;
    info.retransmitted = kernel.tcpi_retrans;
    info.congestion_window = kernel.tcpi_snd_cwnd;
    info.send_threshold = kernel.tcpi_snd_ssthresh;
    info.reordering = kernel.tcpi_reordering;
    info.receive_threshold = kernel.tcpi_rcv_ssthresh;
    info.receive_space = kernel.tcpi_rcv_space;
    info.send_window = kernel.tcpi_snd_wnd;
    info.unsent = kernel.tcpi_notsent_bytes;
    info.bytes_acknowledged = kernel.tcpi_bytes_acked;
    info.bytes_received = kernel.tcpi_bytes_received;
    info.bytes_sent = kernel.tcpi_bytes_sent;
    info.bytes_retransmitted = kernel.tcpi_bytes_retrans;
}

/// What was counted since the start, and rates.
void fill_counters(connection_info& info, const tcp_info& kernel) {
    info.segments_sent = kernel.tcpi_segs_out;
    info.segments_received = kernel.tcpi_segs_in;
    info.data_segments_sent = kernel.tcpi_data_segs_out;
    info.data_segments_received = kernel.tcpi_data_segs_in;
    info.total_retransmits = kernel.tcpi_total_retrans;
    info.delivered = kernel.tcpi_delivered;
    info.delivered_with_congestion_mark = kernel.tcpi_delivered_ce;
    info.duplicate_sacks = kernel.tcpi_dsack_dups;
    info.reorderings_seen = kernel.tcpi_reord_seen;
    info.out_of_order = kernel.tcpi_rcv_ooopack;
    info.pacing_rate = kernel.tcpi_pacing_rate;
    info.max_pacing_rate = kernel.tcpi_max_pacing_rate;
    info.delivery_rate = kernel.tcpi_delivery_rate;
    info.busy = micro(kernel.tcpi_busy_time);
    info.limited_by_peer_window = micro(kernel.tcpi_rwnd_limited);
    info.limited_by_send_buffer = micro(kernel.tcpi_sndbuf_limited);
}

}  // namespace

connection_info option::tcp::info_wire::decode(const_buffer bytes) noexcept {
    const auto kernel = object_from<tcp_info>(bytes);
    connection_info info;
    info.state = static_cast<tcp::state>(kernel.tcpi_state);
    info.congestion_state = kernel.tcpi_ca_state;
    info.retransmits = kernel.tcpi_retransmits;
    info.probes = kernel.tcpi_probes;
    info.backoff = kernel.tcpi_backoff;
    info.options = kernel.tcpi_options;
    info.send_scale = kernel.tcpi_snd_wscale;
    info.receive_scale = kernel.tcpi_rcv_wscale;
    info.limited_by_sender = kernel.tcpi_delivery_rate_app_limited != 0;
    info.fast_open_client_fail = kernel.tcpi_fastopen_client_fail;
    info.retransmission_timeout = micro(kernel.tcpi_rto);
    info.ack_timeout = micro(kernel.tcpi_ato);
    info.round_trip = micro(kernel.tcpi_rtt);
    info.round_trip_variation = micro(kernel.tcpi_rttvar);
    info.min_round_trip = micro(kernel.tcpi_min_rtt);
    info.receiver_round_trip = micro(kernel.tcpi_rcv_rtt);
    info.since_data_sent = milliseconds(kernel.tcpi_last_data_sent);
    info.since_data_received = milliseconds(kernel.tcpi_last_data_recv);
    info.since_ack_received = milliseconds(kernel.tcpi_last_ack_recv);
    fill_flight(info, kernel);
    fill_counters(info, kernel);
    return info;
}

}  // namespace zocalo::net
