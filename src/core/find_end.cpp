// SPDX-License-Identifier: MIT
#include "core/find_end.hpp"

#include <algorithm>
#include <string>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo {

namespace {

/// Whether the text is longer than what may stand before the end, and does not end there.
bool is_too_long(std::string_view text, std::size_t at, const end_search& what) noexcept {
    const std::size_t most = std::min(what.limit, std::string_view::npos / 2) + what.slack;
    const std::size_t room = most - std::min(most, what.before);
    if (at != std::string_view::npos) return at > room;
    return text.size() > room && !what.end.starts_with(text.substr(room));
}

}  // namespace

void fail_without_end(std::string_view end, std::size_t limit) {
    throw protocol_error("more than " + std::to_string(limit) + " bytes without " + quoted(end));
}

std::optional<std::size_t> find_end(std::string_view text, const end_search& what) {
    const std::size_t from = what.seen - std::min(what.seen, what.end.size() - 1);
    const std::size_t at = text.find(what.end, from);
    if (is_too_long(text, at, what)) fail_without_end(what.end, what.limit);
    return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

}  // namespace zocalo
