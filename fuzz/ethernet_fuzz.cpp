// SPDX-License-Identifier: MIT
// Ethernet frames, VLAN tags and ARP messages: only the declared error; what is built from a
// header is read back the same.
#include <cstdint>

#include "packet_views.hpp"
#include "zocalo/net/packet/arp.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/vlan.hpp"

namespace {

void ethernet(zocalo::const_buffer data) {
    const auto frame = parsed<packet::ethernet_view>(data);
    if (!frame) return;
    packet::bytes built;
    frame->header().append_to(built, frame->payload());
    comes_back(*frame, built);
    const packet::bytes padded = frame->header().build(frame->payload());
    require(padded.size() == std::max(built.size(), packet::ethernet_header::smallest_frame));
    require(std::equal(built.begin(), built.end(), padded.begin()));
    require(packet::ethernet_view::parse(padded).header() == frame->header());
}

void vlan(zocalo::const_buffer data) {
    const auto tag = parsed<packet::vlan_view>(data);
    if (!tag) return;
    const packet::bytes built = tag->header().build(tag->payload());
    comes_back(*tag, built);
    require(std::ranges::equal(built, std::span<const std::byte>(data)));
}

void arp(zocalo::const_buffer data) {
    const auto view = parsed<packet::arp_view>(data);
    if (!view) return;
    const auto message = view->message();
    if (message) require(packet::arp_view::parse(message->build()).message() == message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zocalo::const_buffer frame(data, size);
    ethernet(frame);
    vlan(frame);
    arp(frame);
    is_shown(frame, packet::link_type::ethernet);
    return 0;
}
