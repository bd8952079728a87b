// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/option_value.hpp"

/// Options of UDP sockets (level IPPROTO_UDP; udp(7)).
namespace zocalo::net::option::udp {

inline constexpr int level = 17;  ///< SOL_UDP, IPPROTO_UDP

/// UDP_CORK: everything sent from now on is one datagram, until it is taken off.
using cork = setting<level, 1, bool>;
/// UDP_SEGMENT: the kernel cuts what is sent into datagrams of so many bytes; 0 is off. batch.hpp
/// does it for single sends, with a fallback.
using segment_size = setting<level, 103, int>;
/// UDP_GRO: a receive may bring several datagrams at once; read it with batch.hpp.
using receive_offload = setting<level, 104, bool>;
/// UDP_NO_CHECK6_TX, UDP_NO_CHECK6_RX: UDP over IPv6 without checksums (RFC 6935).
using send_no_checksum6 = setting<level, 101, bool>;
using receive_no_checksum6 = setting<level, 102, bool>;
/// UDP_ENCAP: what tunnel the datagrams carry.
using encapsulation = setting<level, 100, int>;

}  // namespace zocalo::net::option::udp

/// Options of UDP-Lite sockets (level IPPROTO_UDPLITE; RFC 3828): how many bytes the checksum
/// covers.
namespace zocalo::net::option::udplite {

inline constexpr int level = 136;  ///< IPPROTO_UDPLITE

/// UDPLITE_SEND_CSCOV, UDPLITE_RECV_CSCOV; 0 is all of them.
using send_coverage = setting<level, 10, int>;
using receive_coverage = setting<level, 11, int>;

}  // namespace zocalo::net::option::udplite
