// SPDX-License-Identifier: MIT
// The numbers of option_packet.hpp, held against the system's headers.
#include "zocalo/net/option_packet.hpp"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include "net/option_check.hpp"

namespace zocalo::net {

namespace {

constexpr checked_option options[] = {
    check<option::packet::add_membership>(SOL_PACKET, PACKET_ADD_MEMBERSHIP),
    check<option::packet::drop_membership>(SOL_PACKET, PACKET_DROP_MEMBERSHIP),
    check<option::packet::statistics>(SOL_PACKET, PACKET_STATISTICS),
    check<option::packet::fanout>(SOL_PACKET, PACKET_FANOUT),
    check<option::packet::auxiliary_data>(SOL_PACKET, PACKET_AUXDATA),
    check<option::packet::original_device>(SOL_PACKET, PACKET_ORIGDEV),
    check<option::packet::bypass_queue>(SOL_PACKET, PACKET_QDISC_BYPASS),
    check<option::packet::ignore_outgoing>(SOL_PACKET, PACKET_IGNORE_OUTGOING),
    check<option::packet::virtio_header>(SOL_PACKET, PACKET_VNET_HDR),
    check<option::packet::timestamp>(SOL_PACKET, PACKET_TIMESTAMP),
    check<option::packet::copy_threshold>(SOL_PACKET, PACKET_COPY_THRESH),
    check<option::packet::skip_malformed>(SOL_PACKET, PACKET_LOSS),
    check<option::packet::transmit_offset>(SOL_PACKET, PACKET_TX_HAS_OFF),
    check<option::packet::reserve>(SOL_PACKET, PACKET_RESERVE),
    check<option::packet::ring_version>(SOL_PACKET, PACKET_VERSION),
    check<option::packet::receive_ring>(SOL_PACKET, PACKET_RX_RING),
    check<option::packet::receive_block_ring>(SOL_PACKET, PACKET_RX_RING),
    check<option::packet::transmit_ring>(SOL_PACKET, PACKET_TX_RING),
};
static_assert(options_agree(options));

static_assert(sizeof(option::packet::membership) == sizeof(packet_mreq));
static_assert(sizeof(option::packet::counts) == sizeof(tpacket_stats));
static_assert(sizeof(option::packet::ring) == sizeof(tpacket_req));
static_assert(sizeof(option::packet::block_ring) == sizeof(tpacket_req3));
using option::packet::reception;
static_assert(static_cast<int>(reception::multicast) == PACKET_MR_MULTICAST &&
              static_cast<int>(reception::promiscuous) == PACKET_MR_PROMISC &&
              static_cast<int>(reception::all_multicast) == PACKET_MR_ALLMULTI &&
              static_cast<int>(reception::unicast) == PACKET_MR_UNICAST);

}  // namespace

}  // namespace zocalo::net
