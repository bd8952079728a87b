// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "zocalo/net/option_value.hpp"

/// Options of IPv4 sockets (level IPPROTO_IP; ip(7)). Groups are joined with multicast.hpp.
namespace zocalo::net::option::ip {

inline constexpr int level = 0;  ///< SOL_IP, IPPROTO_IP

/// Whether packets may be cut on their way (IP_PMTUDISC_*, and IPV6_PMTUDISC_* with the same
/// numbers).
enum class path_mtu : int {
    fragment = 0,   ///< cut what is too long
    want = 1,       ///< let routes decide
    refuse = 2,     ///< never cut; what is too long is std::errc::message_size
    probe = 3,      ///< never cut, and ignore what was learnt
    interface = 4,  ///< never trust what was learnt; cut to the interface's
    omit = 5,       ///< as `interface`, but cut anyway where needed
};

/// IP_TOS: the differentiated services byte of what is sent, ECN in its lowest two bits.
using tos = setting<level, 1, int>;
/// IP_TTL: hops that what is sent may take.
using ttl = setting<level, 2, int>;
/// IP_HDRINCL: on raw sockets, the data begin with the IP header.
using header_included = setting<level, 3, bool>;
/// IP_OPTIONS: the header options of what is sent, as bytes (RFC 791).
using options = setting<level, 4, std::vector<std::byte>, access::both, blob_wire<40>>;
/// IP_ROUTER_ALERT.
using router_alert = setting<level, 5, bool>;
/// IP_MTU_DISCOVER.
using mtu_discover = setting<level, 10, path_mtu>;
/// IP_MTU: the known path MTU of a connected socket.
using mtu = readable<level, 14, int>;
/// IP_FREEBIND: bind to addresses that this machine does not have (yet).
using free_bind = setting<level, 15, bool>;
/// IP_TRANSPARENT: serve addresses of others; wants CAP_NET_ADMIN.
using transparent = setting<level, 19, bool>;
/// IP_MINTTL: drop what took too many hops (RFC 5082).
using min_ttl = setting<level, 21, int>;
/// IP_NODEFRAG: on raw sockets, do not put fragments together.
using no_defragment = setting<level, 22, bool>;
/// IP_BIND_ADDRESS_NO_PORT: choose the port at connect(), so that far more connections fit.
using bind_address_no_port = setting<level, 24, bool>;
/// IP_LOCAL_PORT_RANGE (Linux 6.3): lowest port in the low half, highest in the high half.
using local_port_range = setting<level, 51, std::uint32_t>;
/// IP_UNICAST_IF: the index of the interface that packets leave through.
using unicast_interface = setting<level, 50, std::uint32_t, access::both, big_endian_wire>;

// --- What a receive tells beside the data; read it with control.hpp

/// IP_PKTINFO: the address and the interface that a datagram came to.
using receive_packet_info = setting<level, 8, bool>;
/// IP_RECVTTL, IP_RECVTOS.
using receive_ttl = setting<level, 12, bool>;
using receive_tos = setting<level, 13, bool>;
/// IP_RECVOPTS, IP_RETOPTS (also called IP_RECVRETOPTS).
using receive_options = setting<level, 6, bool>;
using receive_return_options = setting<level, 7, bool>;
/// IP_RECVERR: ICMP errors are kept for message_flag::errqueue. IP_RECVERR_RFC4884: with more.
using receive_errors = setting<level, 11, bool>;
using receive_errors_extended = setting<level, 26, bool>;
/// IP_RECVORIGDSTADDR: where a redirected datagram was going.
using receive_original_destination = setting<level, 20, bool>;
/// IP_RECVFRAGSIZE: the largest fragment a datagram came in.
using receive_fragment_size = setting<level, 25, bool>;
/// IP_PASSSEC: the security label of each datagram.
using pass_security = setting<level, 18, bool>;
/// IP_CHECKSUM: the checksum of the packet.
using receive_checksum = setting<level, 23, bool>;

// --- Multicast

/// struct ip_mreqn with only an interface in it.
struct interface_wire {
    static constexpr std::size_t capacity = sizeof(std::uint32_t);
    static auto encode(std::uint32_t index) {
        return bytes_of(std::array<std::uint32_t, 3>{0, 0, index});
    }
};
/// IP_MULTICAST_IF: the index of the interface that multicast leaves through; 0 is by route.
using multicast_interface = writable<level, 32, std::uint32_t, interface_wire>;
/// IP_MULTICAST_TTL: 1 unless set: stays on the link.
using multicast_ttl = setting<level, 33, int>;
/// IP_MULTICAST_LOOP: members on this machine get a copy; on unless set.
using multicast_loop = setting<level, 34, bool>;
/// IP_MULTICAST_ALL: also get groups that other sockets of this machine joined; on unless set.
using multicast_all = setting<level, 49, bool>;

/// IP_DEFAULT_MULTICAST_TTL, IP_DEFAULT_MULTICAST_LOOP.
inline constexpr int default_multicast_ttl = 1;
inline constexpr bool default_multicast_loop = true;
/// IP_MAX_MEMBERSHIPS: groups that a socket can join unless net.ipv4.igmp_max_memberships says
/// more.
inline constexpr int max_memberships = 20;

}  // namespace zocalo::net::option::ip
