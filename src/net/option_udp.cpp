// SPDX-License-Identifier: MIT
// The numbers of option_udp.hpp, held against the system's headers.
#include "zocalo/net/option_udp.hpp"

#include <linux/udp.h>
#include <netinet/in.h>

#include "net/option_check.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {
    check<option::udp::cork>(IPPROTO_UDP, UDP_CORK),
    check<option::udp::segment_size>(IPPROTO_UDP, UDP_SEGMENT),
    check<option::udp::receive_offload>(IPPROTO_UDP, UDP_GRO),
    check<option::udp::send_no_checksum6>(IPPROTO_UDP, UDP_NO_CHECK6_TX),
    check<option::udp::receive_no_checksum6>(IPPROTO_UDP, UDP_NO_CHECK6_RX),
    check<option::udp::encapsulation>(IPPROTO_UDP, UDP_ENCAP),
};
static_assert(options_agree(options));

// UDPLITE_SEND_CSCOV (10) and UDPLITE_RECV_CSCOV (11) stand in no header for programs.
static_assert(option::udplite::level == IPPROTO_UDPLITE);

}  // namespace

}  // namespace zocalo::net
