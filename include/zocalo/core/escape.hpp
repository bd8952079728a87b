// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The one way in which text from somebody else gets into a message, a log line or a terminal.
namespace zocalo {

/// `text` with everything escaped that is not plainly visible, so that it stays on one line and
/// moves no cursor.
///
/// Printable ASCII and well-formed UTF-8 letters stay; `\` becomes `\\`; control bytes, bytes that
/// are not UTF-8 and the characters that reorder or hide text (U+200B..200F, U+2028..202E,
/// U+2060..206F, U+FEFF) become `\n`, `\r`, `\t` or `\xHH` byte by byte. When the result would pass
/// `limit` bytes it is cut there and ends in `...`; so the result never exceeds `limit` + 3 bytes.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t limit = 256);

/// The same between double quotes, with `"` escaped too: how error messages show what they were
/// given.
///
/// An object that is called like a function: so the standard library's quoted(), which escapes
/// nothing and lives in the namespace of std::string, is never what a call finds.
inline constexpr struct quoted_call {
    [[nodiscard]] std::string operator()(std::string_view text, std::size_t limit = 256) const;
} quoted;

}  // namespace zocalo
