// SPDX-License-Identifier: MIT
#include "core/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace zocalo {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
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

std::optional<std::string> try_unbase64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t number = 0;
        for (const char c : text.substr(at, 4)) {
            const std::size_t digit = c == '=' ? 0 : digits.find(c);
            if (digit == std::string_view::npos) return std::nullopt;
            number = number << 6 | static_cast<std::uint32_t>(digit);
        }
        for (const int shift : {16, 8, 0})
            bytes += static_cast<char>(number >> shift & 0xFF);
    }
    if (text.ends_with("==")) bytes.pop_back();
    if (text.ends_with('=')) bytes.pop_back();
    if (base64(bytes) != text) return std::nullopt;  // padding or bits where none may be
    return bytes;
}

}  // namespace zocalo
