// SPDX-License-Identifier: MIT
#include "core/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace zocalo {

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view three = bytes.substr(at, 3);
        std::uint32_t number = 0;
        for (std::size_t i = 0; i < 3; ++i)
            number = number << 8 | (i < three.size() ? static_cast<std::uint8_t>(three[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= three.size() ? digits[number >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

}  // namespace zocalo
