// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

/// The numbers by which one header says what the next one is.
///
/// Any other number of the same width is a value too: `ethertype{0x88B5}`.
namespace zocalo::net::packet {

/// What an Ethernet frame carries (IEEE 802 EtherType; ETH_P_* in Linux).
enum class ethertype : std::uint16_t {
    none = 0,             ///< nothing is received
    ieee_802_3 = 0x0001,  ///< ETH_P_802_3, of a socket: frames with a length in place of a type
    all = 0x0003,         ///< ETH_P_ALL, of a socket: every frame, those that are sent too
    loopback = 0x0060,    ///< ETH_P_LOOP
    smallest = 0x0600,    ///< from here on it is a type, below 1501 a length
    ipv4 = 0x0800,
    arp = 0x0806,
    wake_on_lan = 0x0842,
    reverse_arp = 0x8035,
    vlan = 0x8100,  ///< IEEE 802.1Q tag
    ipv6 = 0x86DD,
    flow_control = 0x8808,
    slow = 0x8809,  ///< link aggregation
    mpls = 0x8847,
    mpls_multicast = 0x8848,
    pppoe_discovery = 0x8863,
    pppoe_session = 0x8864,
    eapol = 0x888E,         ///< IEEE 802.1X
    service_vlan = 0x88A8,  ///< IEEE 802.1ad outer tag (QinQ)
    experimental_1 = 0x88B5,
    experimental_2 = 0x88B6,
    lldp = 0x88CC,
    macsec = 0x88E5,
    ptp = 0x88F7,
};

/// What an IP packet carries (IANA protocol numbers), extension headers of IPv6 included.
enum class ip_protocol : std::uint8_t {
    hop_by_hop = 0,
    icmp = 1,
    igmp = 2,
    ipv4 = 4,  ///< IPv4 in IP
    tcp = 6,
    udp = 17,
    dccp = 33,
    ipv6 = 41,  ///< IPv6 in IP
    routing = 43,
    fragment = 44,
    gre = 47,
    esp = 50,
    authentication = 51,
    icmpv6 = 58,
    no_next = 59,
    destination_options = 60,
    ospf = 89,
    pim = 103,
    vrrp = 112,
    sctp = 132,
    mobility = 135,
    udplite = 136,
    hip = 139,
    shim6 = 140,
    experimental_1 = 253,
    experimental_2 = 254,
};

/// `IPv4`, `ARP`; `0x1234` for one without a name.
[[nodiscard]] std::string to_string(ethertype type);
/// `UDP`, `ICMPv6`; `protocol 99` for one without a name.
[[nodiscard]] std::string to_string(ip_protocol protocol);

std::ostream& operator<<(std::ostream& out, ethertype type);
std::ostream& operator<<(std::ostream& out, ip_protocol protocol);

}  // namespace zocalo::net::packet
