// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>

/// What kind of socket: address family, type and protocol, with the kernel's numbers.
///
/// A number that has no name here is used as it is: `net::family{30}` is AF_TIPC. The names behave
/// like Python's `socket.AF_*`, `SOCK_*` and `IPPROTO_*`.
namespace zocalo::net {

/// Which addresses a socket speaks (AF_*).
enum class family : unsigned short {
    unspecified = 0,  ///< AF_UNSPEC: any, in look-ups; "no address", in an endpoint
    local = 1,        ///< AF_UNIX, also called AF_LOCAL: paths and abstract names on this machine
    inet = 2,         ///< AF_INET: IPv4
    inet6 = 10,       ///< AF_INET6: IPv6, and IPv4 as mapped addresses
    netlink = 16,     ///< AF_NETLINK: talks to the kernel
    packet = 17,      ///< AF_PACKET: whole frames of an interface
    can = 29,         ///< AF_CAN: controller area network
    tipc = 30,        ///< AF_TIPC: cluster communication
    bluetooth = 31,   ///< AF_BLUETOOTH
    alg = 38,         ///< AF_ALG: the kernel's ciphers and digests
    vsock = 40,       ///< AF_VSOCK: between a virtual machine and its host
    qipcrtr = 42,     ///< AF_QIPCRTR: Qualcomm's IPC router
    xdp = 44,         ///< AF_XDP: frames past the stack
};

/// What travels: a stream of bytes, datagrams, whole frames (SOCK_*).
enum class type : int {
    stream = 1,     ///< SOCK_STREAM: bytes in order, no boundaries
    datagram = 2,   ///< SOCK_DGRAM: messages that may be lost
    raw = 3,        ///< SOCK_RAW: below the transport; wants CAP_NET_RAW
    rdm = 4,        ///< SOCK_RDM: reliable messages without order (TIPC)
    seqpacket = 5,  ///< SOCK_SEQPACKET: messages in order
};

/// Which protocol within family and type (IPPROTO_*); `automatic` is the usual one.
enum class protocol : int {
    automatic = 0,
    icmp = 1,
    igmp = 2,
    ipip = 4,
    tcp = 6,
    egp = 8,
    pup = 12,
    udp = 17,
    idp = 22,
    tp = 29,
    ipv6 = 41,
    routing = 43,
    fragment = 44,
    rsvp = 46,
    gre = 47,
    esp = 50,
    ah = 51,
    icmpv6 = 58,
    none = 59,
    dstopts = 60,
    pim = 103,
    sctp = 132,
    udplite = 136,
    raw = 255,
    mptcp = 262,  ///< TCP over several paths; falls back to TCP when the peer has none (RFC 8684)
};

/// Print as the field writes them: `inet6`, `stream`, `udp`; unnamed ones as their number.
std::ostream& operator<<(std::ostream& out, family value);
std::ostream& operator<<(std::ostream& out, type value);
std::ostream& operator<<(std::ostream& out, protocol value);

}  // namespace zocalo::net
