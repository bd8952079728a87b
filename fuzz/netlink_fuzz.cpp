// SPDX-License-Identifier: MIT
// The kernel's lists of links and addresses, damaged: only the declared error.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "zocalo/core/error.hpp"
#include "zocalo/net/interface.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The first two bytes say where the links end and the addresses begin.
    if (size < 2) return 0;
    const std::size_t all = size - 2;
    const std::size_t links = std::min<std::size_t>(data[0] * std::size_t{256} + data[1], all);
    try {
        for (const auto& one : zocalo::net::detail::read_interfaces(
                 {data + 2, links}, {data + 2 + links, all - links})) {
            for (const auto& address : one.addresses)
                (void)address.network().to_string();
            (void)names_of(one.flags);
            (void)to_string(one.state);
        }
    } catch (const zocalo::protocol_error&) {  // declared
    }
    return 0;
}
