// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "zocalo/net/option_value.hpp"

/// Options of packet sockets (level SOL_PACKET; packet(7)).
namespace zocalo::net::option::packet {

inline constexpr int level = 263;  ///< SOL_PACKET

/// PACKET_MR_*: which frames beside its own an interface hands over.
enum class reception : std::uint16_t {
    multicast = 0,      ///< those of one multicast address
    promiscuous = 1,    ///< all
    all_multicast = 2,  ///< all multicast
    unicast = 3,        ///< those of one further address
};

/// struct packet_mreq. As long as the socket lives, or until it is dropped.
struct membership {
    std::uint32_t interface = 0;
    reception kind = reception::promiscuous;
    std::uint16_t length = 0;
    std::array<std::uint8_t, 8> hardware{};
};
/// PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP.
using add_membership = writable<level, 1, membership, plain_wire<membership>>;
using drop_membership = writable<level, 2, membership, plain_wire<membership>>;

/// PACKET_STATISTICS: since the last question.
struct counts {
    std::uint32_t packets = 0;
    std::uint32_t drops = 0;
};
using statistics = readable<level, 6, counts, plain_wire<counts>>;

/// PACKET_FANOUT: the group in the low half, the way (PACKET_FANOUT_*) in the high half.
using fanout = setting<level, 18, std::uint32_t>;
/// PACKET_AUXDATA, PACKET_ORIGDEV: what a receive tells beside the frame.
using auxiliary_data = setting<level, 8, bool>;
using original_device = setting<level, 9, bool>;
/// PACKET_QDISC_BYPASS: send past the queueing disciplines.
using bypass_queue = setting<level, 20, bool>;
/// PACKET_IGNORE_OUTGOING: do not see what this machine sends.
using ignore_outgoing = setting<level, 23, bool>;
/// PACKET_VNET_HDR: frames begin with a virtio header.
using virtio_header = setting<level, 15, bool>;
/// PACKET_TIMESTAMP: which time stamps a ring has.
using timestamp = setting<level, 17, int>;
/// PACKET_COPY_THRESH, PACKET_LOSS, PACKET_TX_HAS_OFF, PACKET_RESERVE.
using copy_threshold = setting<level, 7, int>;
using skip_malformed = setting<level, 14, bool>;
using transmit_offset = setting<level, 19, bool>;
using reserve = setting<level, 12, unsigned>;

/// PACKET_VERSION: the layout of a ring: 0, 1 or 2, which is TPACKET_V3.
using ring_version = setting<level, 10, int>;
/// PACKET_RX_RING, PACKET_TX_RING: struct tpacket_req; rings are then mapped with mmap().
struct ring {
    std::uint32_t block_size = 0, blocks = 0, frame_size = 0, frames = 0;
};
using receive_ring = writable<level, 5, ring, plain_wire<ring>>;
using transmit_ring = writable<level, 13, ring, plain_wire<ring>>;
/// The same for TPACKET_V3: struct tpacket_req3, where a block is handed over after `retire`
/// milliseconds even when it is not full.
struct block_ring {
    std::uint32_t block_size = 0, blocks = 0, frame_size = 0, frames = 0;
    std::uint32_t retire = 0, private_size = 0, features = 0;
};
using receive_block_ring = writable<level, 5, block_ring, plain_wire<block_ring>>;

}  // namespace zocalo::net::option::packet
