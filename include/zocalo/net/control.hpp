// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/credentials.hpp"
#include "zocalo/net/endpoint.hpp"

/// Ancillary data: what travels with a message beside its bytes (cmsg(3)).
///
/// outgoing_control is filled before send_msg(); incoming_control is filled by recv_msg() and then
/// asked. Most of what a receive can tell must first be switched on with an option: each question
/// names it. Beside the typed forms there is (level, type, bytes) for everything else.
namespace zocalo::net {

/// Where a datagram came to.
struct destination {
    address ip;                   ///< as in its header: may be a group or a broadcast address
    address local;                ///< the address of ours to answer from; unspecified for a group
    std::uint32_t interface = 0;  ///< index of the interface that it came in through

    friend bool operator==(const destination&, const destination&) noexcept = default;
};

/// One entry of the error queue (struct sock_extended_err).
struct error_report {
    enum class origin_type : std::uint8_t {
        none = 0,
        local = 1,  ///< this machine
        icmp = 2,   ///< a router or the peer said so
        icmp6 = 3,
        transmit_time = 4,  ///< a time stamp of something sent
        zero_copy = 5,      ///< zero-copy sends number `info` to `data` are done
        missed_time = 6,    ///< option::transmit_at could not be kept
    };
    int error = 0;  ///< errno; 0 for reports that are no errors
    origin_type origin = origin_type::none;
    std::uint8_t type = 0;  ///< of ICMP
    std::uint8_t code = 0;
    std::uint32_t info = 0;  ///< the path MTU when `error` is EMSGSIZE
    std::uint32_t data = 0;
    endpoint offender;  ///< who said so; empty when nobody did
};

/// What it says: `host unreachable`, `too many hops`, `ICMP type 5 code 1`; what errno says when
/// nobody else has said anything.
[[nodiscard]] std::string to_string(const error_report& report);

/// One piece of ancillary data; `data` belongs to whom it was asked from.
struct control_item {
    int level = 0;
    int type = 0;
    const_buffer data;
};

/// What goes with a message. May be used again and again; clear() keeps the memory.
class outgoing_control {
 public:
    outgoing_control& add(int level, int type, const_buffer data);

    /// Descriptors for the process at the other end of a Unix socket, at most 253 in a message
    /// (std::invalid_argument above). They stay open here; a message with them must have at least
    /// one byte of data on a stream.
    outgoing_control& descriptors(std::span<const int> fds);
    /// Who sends: must be true unless the caller has the capabilities to lie (unix(7)).
    outgoing_control& sender(const credentials& who);
    /// The address and the interface to send from; either may be left out (0.0.0.0, 0).
    outgoing_control& source(const address& ip, std::uint32_t interface = 0);
    /// Answers from where a datagram came to.
    outgoing_control& source(const destination& came_to);
    /// Hop limit (TTL) and traffic class (TOS) of this datagram; `family` of the socket.
    outgoing_control& hop_limit(net::family family, int hops);
    outgoing_control& traffic_class(net::family family, int value);
    /// The kernel cuts the data into datagrams of this size (UDP_SEGMENT).
    outgoing_control& segment_size(std::uint16_t bytes);
    /// When to send, on the clock that option::transmit_at named.
    outgoing_control& transmit_at(std::chrono::nanoseconds since_epoch);

    void clear() noexcept { bytes_.clear(); }
    [[nodiscard]] const_buffer bytes() const noexcept { return {bytes_}; }

 private:
    std::vector<std::byte> bytes_;
};

/// Ancillary data that came, to be asked. The bytes belong to somebody else; what the kernel gave
/// is read within its bounds, whatever it says about lengths.
class control_view {
 public:
    control_view() noexcept = default;
    explicit control_view(const_buffer bytes) noexcept : bytes_(bytes) {}

    /// Takes the first item off `rest`; nothing at the end.
    static std::optional<control_item> next(const_buffer& rest) noexcept;

    template <class Visit>
    void for_each(Visit visit) const {
        const_buffer rest = bytes_;
        while (const auto item = next(rest))
            visit(*item);
    }
    [[nodiscard]] std::optional<const_buffer> find(int level, int type) const noexcept;

    /// option::ip::receive_packet_info, option::ipv6::receive_packet_info.
    [[nodiscard]] std::optional<net::destination> destination() const noexcept;
    /// Where a redirected datagram was going: option::ip[v6]::receive_original_destination.
    [[nodiscard]] std::optional<endpoint> original_destination() const;
    /// option::ip::receive_ttl, option::ipv6::receive_hop_limit.
    [[nodiscard]] std::optional<int> hop_limit() const noexcept;
    /// option::ip::receive_tos, option::ipv6::receive_traffic_class; the lowest two bits are ECN.
    [[nodiscard]] std::optional<int> traffic_class() const noexcept;

    using arrival_time = std::chrono::sys_time<std::chrono::nanoseconds>;
    /// When the kernel got (or sent) it: option::timestamp_ns, timestamp or timestamping.
    [[nodiscard]] std::optional<arrival_time> time() const noexcept;
    /// The same by the clock of the network device: option::timestamping.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> hardware_time() const noexcept;

    /// Messages dropped since the socket was made: option::count_drops; nothing before the first.
    [[nodiscard]] std::optional<std::uint32_t> drops() const noexcept;
    /// The data are datagrams of this size, the last may be shorter:
    /// option::udp::receive_offload.
    [[nodiscard]] std::optional<std::uint32_t> segment_size() const noexcept;
    /// Bytes that wait in the socket after this receive: option::tcp::report_queue.
    [[nodiscard]] std::optional<std::uint32_t> queued_bytes() const noexcept;
    /// Who sent it: option::pass_credentials.
    [[nodiscard]] std::optional<credentials> sender() const noexcept;
    /// What message_flag::errqueue brought: option::ip[v6]::receive_errors and others.
    [[nodiscard]] std::optional<error_report> error() const;

 protected:
    const_buffer bytes_;
};

/// Room for ancillary data, and what a receive has put there.
///
/// Descriptors that come are owned from the first moment on and close-on-exec. Only as many as the
/// receiver has asked for are kept: a peer may send 253 with every message, so all others are
/// closed at once and counted.
class incoming_control : public control_view {
 public:
    /// `max_descriptors`: how many a message may bring. `room`: bytes for everything else; what
    /// does not fit is dropped, and message_flag::ctrunc says so.
    explicit incoming_control(std::size_t max_descriptors = 0, std::size_t room = 256);

    incoming_control(incoming_control&&) noexcept = default;
    incoming_control& operator=(incoming_control&&) noexcept = default;

    /// What came with the last message; move from them what is to stay open.
    [[nodiscard]] std::vector<unique_fd>& descriptors() noexcept { return descriptors_; }
    /// How many of the last message were closed because they were too many.
    [[nodiscard]] std::size_t refused_descriptors() const noexcept { return refused_; }

    /// For code that calls recvmsg(2) itself: where the bytes go, and how many came. What the last
    /// message brought is closed and forgotten.
    [[nodiscard]] mutable_buffer prepare();
    void commit(std::size_t size) noexcept;

 private:
    std::vector<std::byte> storage_;
    std::vector<unique_fd> descriptors_;
    std::size_t max_descriptors_;
    std::size_t refused_ = 0;
};

}  // namespace zocalo::net
