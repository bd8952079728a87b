// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "zocalo/net/address.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_value.hpp"

/// Options of IPv6 sockets (level IPPROTO_IPV6; RFC 3493, RFC 3542, ipv6(7)).
namespace zocalo::net::option::ipv6 {

inline constexpr int level = 41;  ///< IPPROTO_IPV6
using ip::path_mtu;

/// IPV6_V6ONLY: whether IPv4 is refused; set it before bind().
using v6_only = setting<level, 26, bool>;
/// IPV6_UNICAST_HOPS: −1 is the system's default.
using unicast_hops = setting<level, 16, int>;
/// IPV6_TCLASS: traffic class, ECN in its lowest two bits; −1 is the default.
using traffic_class = setting<level, 67, int>;
/// IPV6_CHECKSUM: on raw sockets, where the kernel computes the checksum; −1 is nowhere.
using checksum = setting<level, 7, int>;
/// IPV6_MTU, IPV6_MTU_DISCOVER, IPV6_DONTFRAG.
using mtu = setting<level, 24, int>;
using mtu_discover = setting<level, 23, path_mtu>;
using dont_fragment = setting<level, 62, bool>;
/// IPV6_FREEBIND, IPV6_TRANSPARENT: as for IPv4.
using free_bind = setting<level, 78, bool>;
using transparent = setting<level, 75, bool>;
/// IPV6_MINHOPCOUNT: drop what took too many hops (RFC 5082).
using min_hop_count = setting<level, 73, int>;
/// IPV6_HDRINCL: on raw sockets, the data begin with the IPv6 header.
using header_included = setting<level, 36, bool>;
/// IPV6_AUTOFLOWLABEL, IPV6_ROUTER_ALERT, IPV6_ADDR_PREFERENCES (RFC 5014).
using auto_flow_label = setting<level, 70, bool>;
using router_alert = setting<level, 22, int>;
using address_preferences = setting<level, 72, int>;
/// IPV6_UNICAST_IF: the index of the interface that packets leave through.
using unicast_interface = setting<level, 76, std::uint32_t, access::both, big_endian_wire>;

/// Extension headers of what is sent, as bytes (RFC 3542 §7-§10): IPV6_HOPOPTS, IPV6_DSTOPTS,
/// IPV6_RTHDRDSTOPTS, IPV6_RTHDR, IPV6_NEXTHOP.
template <int Name>
using header_bytes = setting<level, Name, std::vector<std::byte>, access::both, blob_wire<2048>>;
using hop_options = header_bytes<54>;
using destination_options = header_bytes<59>;
using routing_destination_options = header_bytes<55>;
using routing_header = header_bytes<57>;
using next_hop = writable<level, 9, std::vector<std::byte>, blob_wire<28>>;
/// IPV6_RTHDR_TYPE_0: the routing header that RFC 5095 forbids.
inline constexpr int routing_header_type_0 = 0;

/// struct in6_pktinfo as bytes: IPV6_PKTINFO, the source of everything sent. For one message, see
/// control.hpp.
using packet_info = setting<level, 50, std::vector<std::byte>, access::both, blob_wire<20>>;
/// IPV6_HOPLIMIT names ancillary data (RFC 3542 §6.3): outgoing_control::hop_limit().
inline constexpr int hop_limit_type = 52;

struct path_mtu_wire {
    static constexpr std::size_t capacity = 32;  // struct ip6_mtuinfo: sockaddr_in6, u32
    static std::uint32_t decode(const_buffer bytes) noexcept {
        return object_from<std::uint32_t>(bytes.without(28));
    }
};
/// IPV6_PATHMTU: the known path MTU of a connected socket.
using path_mtu_known = readable<level, 61, std::uint32_t, path_mtu_wire>;

// --- What a receive tells beside the data; read it with control.hpp

/// IPV6_RECVPKTINFO: the address and the interface that a datagram came to.
using receive_packet_info = setting<level, 49, bool>;
/// IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS.
using receive_hop_limit = setting<level, 51, bool>;
using receive_traffic_class = setting<level, 66, bool>;
/// IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS, IPV6_RECVRTHDR: extension headers as they came.
using receive_hop_options = setting<level, 53, bool>;
using receive_destination_options = setting<level, 58, bool>;
using receive_routing_header = setting<level, 56, bool>;
/// IPV6_RECVPATHMTU, IPV6_RECVERR, IPV6_RECVERR_RFC4884, IPV6_RECVORIGDSTADDR, IPV6_RECVFRAGSIZE.
using receive_path_mtu = setting<level, 60, bool>;
using receive_errors = setting<level, 25, bool>;
using receive_errors_extended = setting<level, 31, bool>;
using receive_original_destination = setting<level, 74, bool>;
using receive_fragment_size = setting<level, 77, bool>;

// --- Multicast

/// IPV6_MULTICAST_IF, IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP, IPV6_MULTICAST_ALL: as for IPv4.
using multicast_interface = setting<level, 17, int>;
using multicast_hops = setting<level, 18, int>;
using multicast_loop = setting<level, 19, bool>;
using multicast_all = setting<level, 29, bool>;

/// struct ipv6_mreq: an address and an interface.
struct membership {
    address::v6_bytes group{};
    std::uint32_t interface = 0;
};
/// IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP, IPV6_JOIN_ANYCAST, IPV6_LEAVE_ANYCAST; multicast.hpp does it
/// for both families.
using join_group = writable<level, 20, membership, plain_wire<membership>>;
using leave_group = writable<level, 21, membership, plain_wire<membership>>;
using join_anycast = writable<level, 27, membership, plain_wire<membership>>;
using leave_anycast = writable<level, 28, membership, plain_wire<membership>>;

}  // namespace zocalo::net::option::ipv6
