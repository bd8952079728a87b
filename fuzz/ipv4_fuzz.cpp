// SPDX-License-Identifier: MIT
// IPv4 packets and their options: only the declared error; what is built from a header is read
// back the same and has a good checksum.
#include <cstdint>

#include "packet_views.hpp"
#include "zocalo/net/packet/ipv4.hpp"
#include "zocalo/net/packet/option_list.hpp"

namespace {

void options(std::span<const std::byte> area) {
    try {
        packet::bytes built;
        const auto found = packet::parse_options(area);
        for (const auto& option : found)
            packet::append_option(built, option.kind, option.data);
        require(built.size() <= area.size());
        require(packet::parse_options(built).size() == found.size());
    } catch (const zocalo::protocol_error&) {  // declared
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zocalo::const_buffer frame(data, size);
    is_shown(frame, packet::link_type::ipv4);
    const auto view = parsed<packet::ipv4_view>(frame);
    if (!view) return 0;
    require(view->payload().size() == view->payload_length());
    const packet::bytes built = view->header().build(view->payload());
    require(comes_back(*view, built).checksum_ok());
    options(view->options());
    return 0;
}
