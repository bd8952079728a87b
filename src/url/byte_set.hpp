// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace zocalo::url {

/// Some of the 256 bytes, as grammars name them: `alpha | digit | byte_set("-._~")`.
class byte_set {
 public:
    constexpr byte_set() noexcept = default;
    constexpr explicit byte_set(std::string_view members) noexcept {
        for (const char c : members)
            has_[at(c)] = true;
    }
    /// From `first` to `last`, both included.
    static constexpr byte_set range(unsigned first, unsigned last) noexcept {
        byte_set set;
        for (unsigned byte = first; byte <= last; ++byte)
            set.has_[byte] = true;
        return set;
    }

    constexpr byte_set operator|(const byte_set& other) const noexcept {
        byte_set both = *this;
        for (std::size_t i = 0; i < has_.size(); ++i)
            both.has_[i] = has_[i] || other.has_[i];
        return both;
    }
    constexpr byte_set operator&(const byte_set& other) const noexcept {
        return ~(~*this | ~other);
    }
    constexpr byte_set operator~() const noexcept {
        byte_set others;
        for (std::size_t i = 0; i < has_.size(); ++i)
            others.has_[i] = !has_[i];
        return others;
    }

    [[nodiscard]] constexpr bool has(char c) const noexcept { return has_[at(c)]; }
    [[nodiscard]] constexpr bool has_all(std::string_view text) const noexcept {
        for (const char c : text) {
            if (!has(c)) return false;
        }
        return true;
    }

 private:
    static constexpr std::size_t at(char c) noexcept { return static_cast<unsigned char>(c); }
    std::array<bool, 256> has_{};
};

// RFC 3986, appendix A.
inline constexpr byte_set digits = byte_set::range('0', '9');
inline constexpr byte_set alpha = byte_set::range('a', 'z') | byte_set::range('A', 'Z');
inline constexpr byte_set hex_digits =
    digits | byte_set::range('a', 'f') | byte_set::range('A', 'F');
inline constexpr byte_set scheme_bytes = alpha | digits | byte_set("+-.");
inline constexpr byte_set unreserved = alpha | digits | byte_set("-._~");
inline constexpr byte_set sub_delims = byte_set("!$&'()*+,;=");

}  // namespace zocalo::url
