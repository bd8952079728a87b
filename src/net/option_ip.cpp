// SPDX-License-Identifier: MIT
// The numbers of option_ip.hpp, held against the system's headers.
#include "zocalo/net/option_ip.hpp"

#include <linux/in.h>

#include "net/option_check.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {
    check<option::ip::tos>(IPPROTO_IP, IP_TOS),
    check<option::ip::ttl>(IPPROTO_IP, IP_TTL),
    check<option::ip::header_included>(IPPROTO_IP, IP_HDRINCL),
    check<option::ip::options>(IPPROTO_IP, IP_OPTIONS),
    check<option::ip::router_alert>(IPPROTO_IP, IP_ROUTER_ALERT),
    check<option::ip::mtu_discover>(IPPROTO_IP, IP_MTU_DISCOVER),
    check<option::ip::mtu>(IPPROTO_IP, IP_MTU),
    check<option::ip::free_bind>(IPPROTO_IP, IP_FREEBIND),
    check<option::ip::transparent>(IPPROTO_IP, IP_TRANSPARENT),
    check<option::ip::min_ttl>(IPPROTO_IP, IP_MINTTL),
    check<option::ip::no_defragment>(IPPROTO_IP, IP_NODEFRAG),
    check<option::ip::bind_address_no_port>(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT),
    check<option::ip::local_port_range>(IPPROTO_IP, IP_LOCAL_PORT_RANGE),
    check<option::ip::unicast_interface>(IPPROTO_IP, IP_UNICAST_IF),
    check<option::ip::receive_packet_info>(IPPROTO_IP, IP_PKTINFO),
    check<option::ip::receive_ttl>(IPPROTO_IP, IP_RECVTTL),
    check<option::ip::receive_tos>(IPPROTO_IP, IP_RECVTOS),
    check<option::ip::receive_options>(IPPROTO_IP, IP_RECVOPTS),
    check<option::ip::receive_return_options>(IPPROTO_IP, IP_RETOPTS),
    check<option::ip::receive_errors>(IPPROTO_IP, IP_RECVERR),
    check<option::ip::receive_errors_extended>(IPPROTO_IP, IP_RECVERR_RFC4884),
    check<option::ip::receive_original_destination>(IPPROTO_IP, IP_RECVORIGDSTADDR),
    check<option::ip::receive_fragment_size>(IPPROTO_IP, IP_RECVFRAGSIZE),
    check<option::ip::pass_security>(IPPROTO_IP, IP_PASSSEC),
    check<option::ip::receive_checksum>(IPPROTO_IP, IP_CHECKSUM),
    check<option::ip::multicast_interface>(IPPROTO_IP, IP_MULTICAST_IF),
    check<option::ip::multicast_ttl>(IPPROTO_IP, IP_MULTICAST_TTL),
    check<option::ip::multicast_loop>(IPPROTO_IP, IP_MULTICAST_LOOP),
    check<option::ip::multicast_all>(IPPROTO_IP, IP_MULTICAST_ALL),
};
static_assert(options_agree(options));

using option::ip::path_mtu;
static_assert(static_cast<int>(path_mtu::fragment) == IP_PMTUDISC_DONT &&
              static_cast<int>(path_mtu::want) == IP_PMTUDISC_WANT &&
              static_cast<int>(path_mtu::refuse) == IP_PMTUDISC_DO &&
              static_cast<int>(path_mtu::probe) == IP_PMTUDISC_PROBE &&
              static_cast<int>(path_mtu::interface) == IP_PMTUDISC_INTERFACE &&
              static_cast<int>(path_mtu::omit) == IP_PMTUDISC_OMIT);
static_assert(sizeof(ip_mreqn) == 3 * sizeof(std::uint32_t));
static_assert(option::ip::default_multicast_ttl == IP_DEFAULT_MULTICAST_TTL &&
              option::ip::default_multicast_loop == IP_DEFAULT_MULTICAST_LOOP);

}  // namespace

}  // namespace zocalo::net
