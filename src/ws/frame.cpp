// SPDX-License-Identifier: MIT
#include "zocalo/ws/frame.hpp"

#include <cstring>
#include <string_view>

namespace zocalo::ws {

namespace {

constexpr unsigned last_bit = 0x80;
constexpr unsigned compressed_bit = 0x40;
constexpr unsigned reserved_bits = 0x30;
constexpr unsigned opcode_bits = 0x0F;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned size_bits = 0x7F;
constexpr unsigned two_bytes_follow = 126;
constexpr unsigned eight_bytes_follow = 127;
constexpr std::uint64_t most_of_control = 125;

void refuse(const char* why) {
    throw bad_message(close_code::protocol_error, why);
}

bool is_known(unsigned code) noexcept {
    return code <= 2 || (code >= 8 && code <= 10);
}

void read_first_byte(unsigned first, frame_head& head) {
    if ((first & reserved_bits) != 0) refuse("a frame with a reserved bit");
    if (!is_known(first & opcode_bits)) refuse("a frame with a reserved opcode");
    head.what = static_cast<opcode>(first & opcode_bits);
    head.is_last = (first & last_bit) != 0;
    head.is_compressed = (first & compressed_bit) != 0;
    if (!is_control(head.what)) return;
    if (!head.is_last) refuse("a control frame in fragments");
    if (head.is_compressed) refuse("a control frame with a reserved bit");
}

/// `count` bytes, the highest first.
std::uint64_t read_number(const_buffer from, std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(from.data()[i]);
    return value;
}

void append_number(std::uint64_t value, std::size_t count, std::string& to) {
    for (std::size_t i = count; i != 0; --i)
        to += static_cast<char>(value >> (8 * (i - 1)) & 0xFF);
}

void check_size(std::uint64_t size, unsigned code) {
    if (code == two_bytes_follow && size <= most_of_control)
        refuse("a size in more bytes than it takes");
    if (code == eight_bytes_follow && size <= 0xFFFF) refuse("a size in more bytes than it takes");
    if (size >> 63 != 0) refuse("a size of 64 bits");
}

}  // namespace

std::optional<received_head> read_frame_head(const_buffer from) {
    received_head got;
    if (from.empty()) return std::nullopt;
    read_first_byte(std::to_integer<unsigned>(from.data()[0]), got.head);
    if (from.size() < 2) return std::nullopt;
    const auto second = std::to_integer<unsigned>(from.data()[1]);
    const unsigned code = second & size_bits;
    if (is_control(got.head.what) && code > most_of_control)
        refuse("a control frame of more than 125 bytes");
    std::size_t more = 0;  // bytes that say the size
    if (code == two_bytes_follow) more = 2;
    if (code == eight_bytes_follow) more = 8;
    got.used = 2 + more;
    if (from.size() < got.used) return std::nullopt;
    got.head.size = more == 0 ? code : read_number(from.without(2), more);
    check_size(got.head.size, code);
    if ((second & mask_bit) == 0) return got;
    mask_key key{};
    if (from.size() < got.used + key.size()) return std::nullopt;
    std::memcpy(key.data(), from.data() + got.used, key.size());
    got.head.mask = key;
    got.used += key.size();
    return got;
}

void append_frame_head(const frame_head& head, std::string& to) {
    auto first = static_cast<unsigned>(head.what);
    if (head.is_last) first |= last_bit;
    if (head.is_compressed) first |= compressed_bit;
    to += static_cast<char>(first);
    const unsigned masked = head.mask ? mask_bit : 0;
    if (head.size <= most_of_control) {
        to += static_cast<char>(masked | static_cast<unsigned>(head.size));
    } else if (head.size <= 0xFFFF) {
        to += static_cast<char>(masked | two_bytes_follow);
        append_number(head.size, 2, to);
    } else {
        to += static_cast<char>(masked | eight_bytes_follow);
        append_number(head.size, 8, to);
    }
    if (head.mask) to += const_buffer(*head.mask).text();
}

void apply_mask(mutable_buffer payload, const mask_key& mask, std::uint64_t offset) noexcept {
    std::array<std::byte, 8> pattern{};
    for (std::size_t i = 0; i < pattern.size(); ++i)
        pattern.at(i) = mask.at((i + offset % mask.size()) % mask.size());
    std::uint64_t eight = 0;
    std::memcpy(&eight, pattern.data(), sizeof eight);
    std::byte* at = payload.data();
    std::size_t left = payload.size();
    std::array<std::uint64_t, 4> words{};  // as many as the compiler takes at once
    for (; left >= sizeof words; left -= sizeof words, at += sizeof words) {
        std::memcpy(words.data(), at, sizeof words);
        for (std::uint64_t& word : words)
            word ^= eight;
        std::memcpy(at, words.data(), sizeof words);
    }
    for (; left >= sizeof eight; left -= sizeof eight, at += sizeof eight) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        word ^= eight;
        std::memcpy(at, &word, sizeof word);
    }
    for (std::size_t i = 0; i < left; ++i)
        at[i] ^= pattern.at(i);
}

}  // namespace zocalo::ws
