// SPDX-License-Identifier: MIT
#include "zocalo/net/hardware_address.hpp"

#include <ostream>
#include <stdexcept>

#include "core/hash.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::net {

std::optional<hardware_address> hardware_address::try_parse(std::string_view text) noexcept {
    bytes_type bytes{};
    if (text.size() != bytes.size() * 3 - 1 || (text[2] != ':' && text[2] != '-'))
        return std::nullopt;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i != 0 && text[3 * i - 1] != text[2]) return std::nullopt;
        const auto byte = from_digits<std::uint8_t>(text.substr(3 * i, 2), 16);
        if (!byte) return std::nullopt;
        bytes[i] = *byte;
    }
    return hardware_address(bytes);
}

hardware_address hardware_address::parse(std::string_view text) {
    if (const auto parsed = try_parse(text)) return *parsed;
    throw std::invalid_argument("hardware address " + quoted(text) +
                                ": not six pairs of hexadecimal digits with : or - between them");
}

std::string hardware_address::to_string() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes_) {
        if (!text.empty()) text += ':';
        text += {digits[byte >> 4], digits[byte & 15]};
    }
    return text;
}

std::ostream& operator<<(std::ostream& out, const hardware_address& value) {
    return out << value.to_string();
}

}  // namespace zocalo::net

std::size_t std::hash<zocalo::net::hardware_address>::operator()(
    const zocalo::net::hardware_address& value) const noexcept {
    return zocalo::hash_bytes(value.bytes().data(), value.bytes().size());
}
