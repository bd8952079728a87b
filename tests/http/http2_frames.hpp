// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "zocalo/http/fields.hpp"

/// Frames of HTTP/2 made by hand, so that they can be wrong (RFC 9113 §4, RFC 7541).
namespace zocalo::tests::http2 {

enum type : std::uint8_t {
    data = 0,
    headers,
    priority,
    rst_stream,
    settings,
    push_promise,
    ping,
    goaway,
    window_update,
    continuation,
    unknown = 99,
};
constexpr std::uint8_t end_stream = 1;
constexpr std::uint8_t end_headers = 4;

inline std::string number(std::uint64_t value, unsigned bytes) {
    std::string made;
    for (; bytes > 0; --bytes)
        made += static_cast<char>((value >> (8 * (bytes - 1))) & 0xFF);
    return made;
}

inline std::string frame(std::uint8_t what, std::uint8_t flags, std::uint32_t stream,
                         std::string_view payload = {}) {
    return number(payload.size(), 3) + static_cast<char>(what) + static_cast<char>(flags) +
           number(stream, 4) + std::string(payload);
}

/// A client's first words, with settings that say nothing.
inline std::string preface() {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(settings, 0, 0);
}

/// A number behind so many bits of something else (RFC 7541 §5.1).
inline std::string packed(std::uint8_t first, unsigned bits, std::size_t value) {
    const std::size_t most = (std::size_t{1} << bits) - 1;
    if (value < most) return {static_cast<char>(first | value)};
    std::string made{static_cast<char>(first | most)};
    for (value -= most; value >= 128; value /= 128)
        made += static_cast<char>(0x80 | (value % 128));
    return made += static_cast<char>(value);
}

/// Fields as they are, none compressed.
inline std::string block(std::initializer_list<http::field> all) {
    std::string made;
    for (const http::field& each : all) {
        made += '\0';
        made += packed(0, 7, each.name.size()).append(each.name);
        made += packed(0, 7, each.value.size()).append(each.value);
    }
    return made;
}

inline std::string get_block() {
    return block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}});
}

inline std::string setting(std::uint16_t which, std::uint32_t value) {
    return number(which, 2) + number(value, 4);
}

}  // namespace zocalo::tests::http2
