// SPDX-License-Identifier: MIT
// IPv6 packets and their extension headers: only the declared error; the chain ends, stays inside
// the packet, and is read back the same from what is built.
#include <cstdint>

#include "packet_views.hpp"
#include "zocalo/net/packet/ipv6.hpp"

namespace {

void chain_fills_payload(const packet::ipv6_view& view) {
    std::size_t size = view.upper_payload().size();
    for (const packet::ipv6_extension& extension : view.extensions()) {
        require(extension.whole.size() >= 8);
        size += extension.whole.size();
    }
    require(size == view.payload().size());
    require(view.upper_length() == view.upper_payload().size());
}

void fragment_comes_back(const packet::ipv6_fragment& fragment) {
    packet::bytes payload;
    packet::append_fragment(payload, packet::ip_protocol::no_next, fragment);
    const packet::ipv6_header header{.next_header = packet::ip_protocol::fragment};
    require(packet::ipv6_view::parse(header.build(payload)).fragment() == fragment);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zocalo::const_buffer frame(data, size);
    is_shown(frame, packet::link_type::ipv6);
    const auto view = parsed<packet::ipv6_view>(frame);
    if (!view) return 0;
    chain_fills_payload(*view);
    const packet::bytes built = view->header().build(view->payload());
    const auto again = comes_back(*view, built);
    require(again.extensions().size() == view->extensions().size());
    require(again.upper_protocol() == view->upper_protocol());
    require(again.fragment() == view->fragment());
    if (view->fragment()) fragment_comes_back(*view->fragment());
    return 0;
}
