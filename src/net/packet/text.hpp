// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

/// Numbers as the field prints them.
namespace zocalo::net::packet {

/// `value` as `0x` and at least `width` hexadecimal digits.
[[nodiscard]] inline std::string hex(std::uint64_t value, int width) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (; value != 0 || width > 0; value >>= 4, --width)
        text.insert(text.begin(), digits[value & 0xF]);
    return "0x" + text;
}

/// Two digits for each byte, without `0x`.
[[nodiscard]] inline std::string hex(std::span<const std::byte> run) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : run) {
        const auto value = std::to_integer<unsigned>(byte);
        text += digits[value >> 4];
        text += digits[value & 0xF];
    }
    return text;
}

}  // namespace zocalo::net::packet
