// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Percent-encoding (RFC 3986 §2.1), under the names of Python's urllib.parse.
///
/// Text is bytes here, UTF-8 when it is text at all; nothing is decoded or checked.
namespace zocalo::url {

/// Every byte as `%XX` but letters, digits, `-._~` and those of `safe`, which is for ASCII only.
[[nodiscard]] std::string quote(std::string_view text, std::string_view safe = "/");
/// The same for a field of a query: a space becomes `+`.
[[nodiscard]] std::string quote_plus(std::string_view text, std::string_view safe = "");

/// `%XX` as the byte; a `%` without two hexadecimal digits stays as it is.
///
/// Decode once, after splitting: what comes out may have any byte in it, `/`, CR and NUL too.
[[nodiscard]] std::string unquote(std::string_view text);
/// The same, and `+` is a space.
[[nodiscard]] std::string unquote_plus(std::string_view text);

/// The same for those who want it right: nothing when there is a `%` without two hexadecimal
/// digits.
[[nodiscard]] std::optional<std::string> try_unquote(std::string_view text);

}  // namespace zocalo::url
