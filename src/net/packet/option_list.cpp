// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/option_list.hpp"

#include <stdexcept>
#include <string>

namespace zocalo::net::packet {

std::vector<header_option> parse_options(std::span<const std::byte> area) {
    std::vector<header_option> options;
    reader in(area, "options");
    while (in.left() != 0) {
        const std::size_t start = in.position();
        const std::uint8_t kind = in.u8("kind");
        if (kind == header_option::end) break;
        if (kind == header_option::no_operation) continue;
        const std::size_t length = in.u8("length");
        if (length < 2) in.fail("length", start + 1, "shorter than kind and length themselves");
        const auto data = in.take(length < 2 ? 0 : length - 2, "data");
        in.check();
        options.push_back({kind, data});
    }
    return options;
}

void append_option(bytes& area, std::uint8_t kind, const_buffer data) {
    constexpr std::size_t most = 38;
    if (data.size() > most || kind <= header_option::no_operation) {
        throw std::invalid_argument("option of kind " + std::to_string(kind) + ": no room for " +
                                    std::to_string(data.size()) + " bytes of data");
    }
    writer(area).u8(kind).u8(static_cast<std::uint8_t>(data.size() + 2)).put(data);
}

}  // namespace zocalo::net::packet
