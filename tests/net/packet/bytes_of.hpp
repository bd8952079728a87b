// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "zocalo/core/number.hpp"
#include "zocalo/net/packet/cursor.hpp"

namespace zocalo::net::packet {

/// Bytes from pairs of hexadecimal digits; blanks between them do not count.
inline bytes bytes_of(std::string_view hex) {
    bytes run;
    std::string pair;
    for (const char c : hex) {
        if (c == ' ' || c == '\n') continue;
        pair += c;
        if (pair.size() < 2) continue;
        run.push_back(static_cast<std::byte>(from_digits<std::uint8_t>(pair, 16).value()));
        pair.clear();
    }
    return run;
}

inline std::string text_of(std::span<const std::byte> run) {
    return {reinterpret_cast<const char*>(run.data()), run.size()};
}

/// Every start of `whole` that is shorter than `enough` must be refused, and the full one read.
template <class View>
void expect_each_truncation_refused(std::span<const std::byte> whole, std::size_t enough) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        // A block of its own, so that a sanitizer sees the first byte too far.
        const bytes start(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(View::try_parse(start).has_value(), size >= enough) << "with " << size;
    }
}

}  // namespace zocalo::net::packet
