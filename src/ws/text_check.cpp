// SPDX-License-Identifier: MIT
#include "zocalo/ws/detail/text_check.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/utf8.hpp"

namespace zocalo::ws::detail {

namespace {

std::size_t count_ascii(std::string_view text) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t count = 0;
    for (; text.size() - count >= sizeof high_bits; count += sizeof high_bits) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + count, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    while (count < text.size() && static_cast<unsigned char>(text[count]) < 0x80)
        ++count;
    return count;
}

/// Whether more bytes could make a character of these. What may stand behind a first byte is one
/// range, which has one of its ends in common with that of all such bytes: so two tries tell.
bool can_become_character(std::string_view start) noexcept {
    for (const char filler : {'\x80', '\xBF'}) {
        std::array<char, 4> tried{};
        tried.fill(filler);
        std::ranges::copy(start, tried.begin());
        const std::size_t length =
            first_character(std::string_view(tried.data(), tried.size())).length;
        if (length > start.size()) return true;
    }
    return false;
}

}  // namespace

bool text_check::put(std::string_view piece) noexcept {
    if (begun_ != 0 && !finish_begun(piece)) return false;
    while (!piece.empty()) {
        piece.remove_prefix(count_ascii(piece));
        if (piece.empty()) break;
        const std::size_t length = first_character(piece).length;
        if (length == 0) {
            if (piece.size() >= start_.size() || !can_become_character(piece)) return false;
            std::ranges::copy(piece, start_.begin());
            begun_ = piece.size();
            break;
        }
        piece.remove_prefix(length);
    }
    return true;
}

/// Byte by byte, until the character that has begun is whole.
bool text_check::finish_begun(std::string_view& piece) noexcept {
    while (!piece.empty()) {
        start_.at(begun_++) = piece.front();
        piece.remove_prefix(1);
        const std::string_view so_far(start_.data(), begun_);
        if (first_character(so_far).length != 0) {
            begun_ = 0;
            return true;
        }
        if (begun_ == start_.size() || !can_become_character(so_far)) return false;
    }
    return true;
}

}  // namespace zocalo::ws::detail
