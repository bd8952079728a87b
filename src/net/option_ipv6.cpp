// SPDX-License-Identifier: MIT
// The numbers of option_ipv6.hpp, held against the system's headers.
#include "zocalo/net/option_ipv6.hpp"

#include <netinet/in.h>

#include "net/option_check.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {
    check<option::ipv6::v6_only>(IPPROTO_IPV6, IPV6_V6ONLY),
    check<option::ipv6::unicast_hops>(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
    check<option::ipv6::traffic_class>(IPPROTO_IPV6, IPV6_TCLASS),
    check<option::ipv6::checksum>(IPPROTO_IPV6, IPV6_CHECKSUM),
    check<option::ipv6::mtu>(IPPROTO_IPV6, IPV6_MTU),
    check<option::ipv6::mtu_discover>(IPPROTO_IPV6, IPV6_MTU_DISCOVER),
    check<option::ipv6::dont_fragment>(IPPROTO_IPV6, IPV6_DONTFRAG),
    check<option::ipv6::free_bind>(IPPROTO_IPV6, IPV6_FREEBIND),
    check<option::ipv6::transparent>(IPPROTO_IPV6, IPV6_TRANSPARENT),
    check<option::ipv6::min_hop_count>(IPPROTO_IPV6, IPV6_MINHOPCOUNT),
    check<option::ipv6::header_included>(IPPROTO_IPV6, IPV6_HDRINCL),
    check<option::ipv6::auto_flow_label>(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL),
    check<option::ipv6::router_alert>(IPPROTO_IPV6, IPV6_ROUTER_ALERT),
    check<option::ipv6::address_preferences>(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES),
    check<option::ipv6::unicast_interface>(IPPROTO_IPV6, IPV6_UNICAST_IF),
    check<option::ipv6::hop_options>(IPPROTO_IPV6, IPV6_HOPOPTS),
    check<option::ipv6::destination_options>(IPPROTO_IPV6, IPV6_DSTOPTS),
    check<option::ipv6::routing_destination_options>(IPPROTO_IPV6, IPV6_RTHDRDSTOPTS),
    check<option::ipv6::routing_header>(IPPROTO_IPV6, IPV6_RTHDR),
    check<option::ipv6::next_hop>(IPPROTO_IPV6, IPV6_NEXTHOP),
    check<option::ipv6::packet_info>(IPPROTO_IPV6, IPV6_PKTINFO),
    check<option::ipv6::path_mtu_known>(IPPROTO_IPV6, IPV6_PATHMTU),
    check<option::ipv6::receive_packet_info>(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    check<option::ipv6::receive_hop_limit>(IPPROTO_IPV6, IPV6_RECVHOPLIMIT),
    check<option::ipv6::receive_traffic_class>(IPPROTO_IPV6, IPV6_RECVTCLASS),
    check<option::ipv6::receive_hop_options>(IPPROTO_IPV6, IPV6_RECVHOPOPTS),
    check<option::ipv6::receive_destination_options>(IPPROTO_IPV6, IPV6_RECVDSTOPTS),
    check<option::ipv6::receive_routing_header>(IPPROTO_IPV6, IPV6_RECVRTHDR),
    check<option::ipv6::receive_path_mtu>(IPPROTO_IPV6, IPV6_RECVPATHMTU),
    check<option::ipv6::receive_errors>(IPPROTO_IPV6, IPV6_RECVERR),
    check<option::ipv6::receive_errors_extended>(IPPROTO_IPV6, IPV6_RECVERR_RFC4884),
    check<option::ipv6::receive_original_destination>(IPPROTO_IPV6, IPV6_RECVORIGDSTADDR),
    check<option::ipv6::receive_fragment_size>(IPPROTO_IPV6, IPV6_RECVFRAGSIZE),
    check<option::ipv6::multicast_interface>(IPPROTO_IPV6, IPV6_MULTICAST_IF),
    check<option::ipv6::multicast_hops>(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
    check<option::ipv6::multicast_loop>(IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
    check<option::ipv6::multicast_all>(IPPROTO_IPV6, IPV6_MULTICAST_ALL),
    check<option::ipv6::join_group>(IPPROTO_IPV6, IPV6_JOIN_GROUP),
    check<option::ipv6::leave_group>(IPPROTO_IPV6, IPV6_LEAVE_GROUP),
    check<option::ipv6::join_anycast>(IPPROTO_IPV6, IPV6_JOIN_ANYCAST),
    check<option::ipv6::leave_anycast>(IPPROTO_IPV6, IPV6_LEAVE_ANYCAST),
};
static_assert(options_agree(options));

static_assert(option::ipv6::hop_limit_type == IPV6_HOPLIMIT);
static_assert(option::ipv6::routing_header_type_0 == IPV6_RTHDR_TYPE_0);
static_assert(sizeof(option::ipv6::membership) == sizeof(ipv6_mreq));
static_assert(sizeof(ip6_mtuinfo) == option::ipv6::path_mtu_wire::capacity &&
              offsetof(ip6_mtuinfo, ip6m_mtu) == 28);

}  // namespace

}  // namespace zocalo::net
