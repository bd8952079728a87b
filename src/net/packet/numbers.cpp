// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/numbers.hpp"

#include <ostream>

#include "net/packet/text.hpp"

namespace zocalo::net::packet {

namespace {

const char* name_of(ethertype type) noexcept {
    switch (type) {
        case ethertype::ieee_802_3:
            return "802.3";
        case ethertype::all:
            return "all";
        case ethertype::loopback:
            return "loopback";
        case ethertype::ipv4:
            return "IPv4";
        case ethertype::arp:
            return "ARP";
        case ethertype::wake_on_lan:
            return "Wake-on-LAN";
        case ethertype::reverse_arp:
            return "RARP";
        case ethertype::vlan:
            return "802.1Q";
        case ethertype::ipv6:
            return "IPv6";
        case ethertype::flow_control:
            return "flow control";
        case ethertype::slow:
            return "slow protocols";
        case ethertype::mpls:
        case ethertype::mpls_multicast:
            return "MPLS";
        case ethertype::pppoe_discovery:
        case ethertype::pppoe_session:
            return "PPPoE";
        case ethertype::eapol:
            return "EAPOL";
        case ethertype::service_vlan:
            return "802.1ad";
        case ethertype::lldp:
            return "LLDP";
        case ethertype::macsec:
            return "MACsec";
        case ethertype::ptp:
            return "PTP";
        default:
            return nullptr;
    }
}

const char* name_of(ip_protocol protocol) noexcept {
    switch (protocol) {
        case ip_protocol::hop_by_hop:
            return "hop-by-hop options";
        case ip_protocol::icmp:
            return "ICMP";
        case ip_protocol::igmp:
            return "IGMP";
        case ip_protocol::ipv4:
            return "IPv4";
        case ip_protocol::tcp:
            return "TCP";
        case ip_protocol::udp:
            return "UDP";
        case ip_protocol::ipv6:
            return "IPv6";
        case ip_protocol::routing:
            return "routing header";
        case ip_protocol::fragment:
            return "fragment header";
        case ip_protocol::gre:
            return "GRE";
        case ip_protocol::esp:
            return "ESP";
        case ip_protocol::authentication:
            return "AH";
        case ip_protocol::icmpv6:
            return "ICMPv6";
        case ip_protocol::no_next:
            return "no next header";
        case ip_protocol::destination_options:
            return "destination options";
        case ip_protocol::ospf:
            return "OSPF";
        case ip_protocol::sctp:
            return "SCTP";
        default:
            return nullptr;
    }
}

}  // namespace

std::string to_string(ethertype type) {
    if (const char* name = name_of(type)) return name;
    return hex(static_cast<std::uint16_t>(type), 4);
}

std::string to_string(ip_protocol protocol) {
    if (const char* name = name_of(protocol)) return name;
    return "protocol " + std::to_string(static_cast<unsigned>(protocol));
}

std::ostream& operator<<(std::ostream& out, ethertype type) {
    return out << to_string(type);
}

std::ostream& operator<<(std::ostream& out, ip_protocol protocol) {
    return out << to_string(protocol);
}

}  // namespace zocalo::net::packet
