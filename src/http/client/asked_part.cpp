// SPDX-License-Identifier: MIT
// RFC 9110 §15.3.7
#include "http/client/asked_part.hpp"

#include <optional>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/range.hpp"

namespace zocalo::http::detail {

namespace {

/// The one range of bytes that a Range field asks for.
std::optional<wanted_range> only_range(std::string_view wanted) {
    constexpr std::string_view unit = "bytes=";
    if (!wanted.starts_with(unit)) return std::nullopt;
    wanted.remove_prefix(unit.size());
    const auto dash = wanted.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view first = wanted.substr(0, dash);
    const std::string_view last = wanted.substr(dash + 1);
    const wanted_range range{from_digits<std::uint64_t>(first), from_digits<std::uint64_t>(last)};
    // A list, blanks, and what is no number.
    const bool is_odd = (!range.first && !first.empty()) || (!range.last && !last.empty());
    if (is_odd || (!range.first && !range.last)) return std::nullopt;
    return range;
}

bool is_within(const content_range& sent, const wanted_range& wanted) {
    if (!sent.part) return false;
    const byte_range& part = *sent.part;
    if (wanted.first)
        return part.first == *wanted.first && part.last <= wanted.last.value_or(part.last);
    const bool is_end = !sent.size || part.last + 1 == *sent.size;  // the last bytes
    return is_end && part.last - part.first < *wanted.last;
}

}  // namespace

void check_asked_part(const response_head& answer, std::string_view wanted, std::string_view url) {
    if (answer.status != status::partial_content) return;
    if (wanted.empty()) {
        throw wrong_part(std::string(url) + ": the server sends a part that nobody asked for");
    }
    const auto range = only_range(wanted);
    if (!range) return;
    const std::string_view field = answer.fields.get("Content-Range");
    const auto sent = content_range::try_parse(field);
    if (sent && is_within(*sent, *range)) return;
    throw wrong_part(std::string(url) +
                     ": the server sends another part than it was asked for: " + quoted(field));
}

}  // namespace zocalo::http::detail
