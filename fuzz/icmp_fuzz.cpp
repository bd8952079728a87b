// SPDX-License-Identifier: MIT
// ICMP messages of both families and neighbour discovery: only the declared error; what is built
// is read back the same and has a good checksum.
#include <cstdint>

#include "packet_views.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/icmpv6.hpp"

namespace {

const auto west = zocalo::net::address::parse("fe80::1");
const auto east = zocalo::net::address::parse("fe80::2");

void icmp(zocalo::const_buffer data) {
    const auto view = parsed<packet::icmp_view>(data);
    if (!view) return;
    const packet::bytes built = view->header().build(view->payload());
    require(comes_back(*view, built).checksum_ok());
}

void icmpv6(zocalo::const_buffer data) {
    const auto view = parsed<packet::icmpv6_view>(data);
    if (!view) return;
    const packet::bytes built = view->header().build(view->payload(), west, east);
    require(comes_back(*view, built).checksum_ok(west, east));
    if (const auto neighbour = view->neighbour()) {
        const packet::bytes message = neighbour->build(west, east);
        const auto again = packet::icmpv6_view::parse(message);
        require(again.neighbour() == neighbour);
        require(again.checksum_ok(west, east));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const zocalo::const_buffer message(data, size);
    icmp(message);
    icmpv6(message);
    return 0;
}
