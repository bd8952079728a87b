// SPDX-License-Identifier: MIT
// UDP datagrams, TCP segments and TCP's options: only the declared error; what is built is read
// back the same and has a good checksum over either family.
#include <cstdint>

#include "packet_views.hpp"
#include "zocalo/net/packet/tcp.hpp"
#include "zocalo/net/packet/udp.hpp"

namespace {

const std::pair<zocalo::net::address, zocalo::net::address> ways[] = {
    {zocalo::net::address::parse("192.0.2.1"), zocalo::net::address::parse("192.0.2.2")},
    {zocalo::net::address::parse("2001:db8::1"), zocalo::net::address::parse("2001:db8::2")},
};

template <class View>
std::optional<View> transport(zocalo::const_buffer data) {
    const auto view = parsed<View>(data);
    if (!view) return view;
    for (const auto& [source, destination] : ways) {
        const packet::bytes built = view->header().build(view->payload(), source, destination);
        require(comes_back(*view, built).checksum_ok(source, destination));
    }
    return view;
}

void options(std::span<const std::byte> area) {
    try {
        const auto found = packet::tcp_options::parse(area);
        const packet::bytes built = found.build();
        require(built.size() <= area.size());
        require(packet::tcp_options::parse(built) == found);
    } catch (const zocalo::protocol_error&) {  // declared
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zocalo::const_buffer frame(data, size);
    (void)transport<packet::udp_view>(frame);
    if (const auto segment = transport<packet::tcp_view>(frame)) {
        options(segment->options());
        (void)to_string(segment->flags());
    }
    return 0;
}
