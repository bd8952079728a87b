// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// UTF-8 (RFC 3629), strictly.
namespace zocalo {

struct utf8_character {
    std::uint32_t code = 0;
    std::size_t length = 0;  ///< bytes; 0: not well-formed
};

/// The first character of a text that is not empty: the shortest form only, no surrogates, nothing
/// above U+10FFFF.
[[nodiscard]] utf8_character first_character(std::string_view text) noexcept;

/// Whether all of it is well-formed.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// `code` has to be a character.
void append_utf8(std::string& to, std::uint32_t code);

}  // namespace zocalo
