// SPDX-License-Identifier: MIT
#include "zocalo/url/quote.hpp"

#include <algorithm>

#include "url/escape_sequence.hpp"

namespace zocalo::url {

std::string quote(std::string_view text, std::string_view safe) {
    std::string quoted;
    append_escaped(quoted, text, unreserved | byte_set(safe));
    return quoted;
}

std::string quote_plus(std::string_view text, std::string_view safe) {
    std::string quoted;
    append_escaped(quoted, text, unreserved | byte_set(safe) | byte_set(" "));
    std::ranges::replace(quoted, ' ', '+');
    return quoted;
}

std::string unquote(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = escape_at(text, i);
        plain += byte.value_or(text[i]);
        if (byte) i += 2;
    }
    return plain;
}

std::string unquote_plus(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return unquote(spaced);
}

std::optional<std::string> try_unquote(std::string_view text) {
    if (text.find('%') == std::string_view::npos) return std::string(text);
    if (!is_made_of(text, ~byte_set("%"))) return std::nullopt;
    return unquote(text);
}

}  // namespace zocalo::url
