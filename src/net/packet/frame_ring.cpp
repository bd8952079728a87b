// SPDX-License-Identifier: MIT
// The kernel writes the frames of a block, then its status with a release; we read the status with
// an acquire, then the frames, and give the block back with a release. Frames are never looked at
// after that. See the kernel's Documentation/networking/packet_mmap.rst.
#include "net/packet/frame_ring.hpp"

#include <atomic>
#include <limits>
#include <stdexcept>

#include "net/fail.hpp"
#include "sys/memory.hpp"
#include "zocalo/net/option_packet.hpp"

namespace zocalo::net::packet {

namespace {

using option::packet::block_ring;

block_ring layout_of(const ring_options& options) {
    const std::size_t page = sys::page_size();
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    const bool sound = options.block != 0 && options.block <= most - page && options.size <= most &&
                       options.delay.count() > 0 && options.delay <= std::chrono::minutes(1);
    const std::size_t block = sound ? (options.block + page - 1) / page * page : page;
    if (!sound || options.size / block < 2) {
        throw std::invalid_argument(
            "a ring wants at least two blocks, less than 2 GiB and a delay "
            "from 1 ms to a minute");
    }
    const auto size = static_cast<std::uint32_t>(block);
    const auto count = static_cast<std::uint32_t>(options.size / block);
    return {.block_size = size,
            .blocks = count,
            .frame_size = size,  // any length: frames follow each other closely
            .frames = count,
            .retire = static_cast<std::uint32_t>(options.delay.count())};
}

/// Where the sender's address stands: TPACKET_ALIGN(sizeof(tpacket3_hdr)), in unsigned numbers.
constexpr std::size_t alignment = TPACKET_ALIGNMENT;
constexpr std::size_t sender_at = (sizeof(tpacket3_hdr) + alignment - 1) / alignment * alignment;

std::atomic_ref<std::uint32_t> status_of(tpacket_hdr_v1& block) noexcept {
    return std::atomic_ref(block.block_status);
}

}  // namespace

frame_ring::frame_ring(net::socket& socket, const ring_options& options) {
    const block_ring layout = layout_of(options);
    block_size_ = layout.block_size;
    blocks_ = layout.blocks;
    socket.set(option::packet::ring_version{TPACKET_V3});
    socket.set(option::packet::reserve{raw_frame::front_room});
    socket.set(option::packet::receive_block_ring{layout});
    if (const int error = sys::map_shared(socket.fileno(), block_size_ * blocks_, memory_);
        error < 0) {
        fail("map the ring of a packet socket", error);
    }
}

frame_ring::~frame_ring() {
    sys::unmap(memory_, block_size_ * blocks_);
}

tpacket_hdr_v1& frame_ring::header_of_block() const noexcept {
    return reinterpret_cast<tpacket_block_desc*>(memory_ + block_ * block_size_)->hdr.bh1;
}

bool frame_ring::take_block() noexcept {
    tpacket_hdr_v1& header = header_of_block();
    if ((status_of(header).load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return false;
    held_ = true;
    left_ = header.num_pkts;
    frame_ = memory_ + block_ * block_size_ + header.offset_to_first_pkt;
    return true;
}

void frame_ring::give_back() noexcept {
    status_of(header_of_block()).store(TP_STATUS_KERNEL, std::memory_order_release);
    held_ = false;
    block_ = (block_ + 1) % blocks_;
}

bool frame_ring::next(raw_frame& into) noexcept {
    while (left_ == 0) {
        if (held_) give_back();
        if (!take_block()) return false;
    }
    const auto& header = *reinterpret_cast<const tpacket3_hdr*>(frame_);
    into.data = frame_ + header.tp_mac;
    into.size = header.tp_snaplen;
    into.wire_length = header.tp_len;
    into.time = std::chrono::seconds(header.tp_sec) + std::chrono::nanoseconds(header.tp_nsec);
    into.from = *reinterpret_cast<const sockaddr_ll*>(frame_ + sender_at);
    into.tag = removed_tag::from(header.tp_status, header.hv1);
    frame_ += header.tp_next_offset;
    --left_;
    return true;
}

}  // namespace zocalo::net::packet
