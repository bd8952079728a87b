// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace zocalo {

/// What ends a line, or whatever else ends in something, and how far away that may be.
struct end_search {
    std::string_view end;
    std::size_t limit;       ///< the most bytes before `end`
    std::size_t slack = 0;   ///< how many more may be a part of it: the CR before an LF
    std::size_t before = 0;  ///< bytes that came earlier and are not in the text
    std::size_t seen = 0;    ///< bytes of the text without `end` that were looked at already
};

/// Where in `text` the end begins; nothing as long as it may still come. No byte before `seen` is
/// looked at again, but those in which the end may have begun.
///
/// Throws protocol_error when more than `limit` bytes come before it, and the slack.
std::optional<std::size_t> find_end(std::string_view text, const end_search& what);

/// That it did: the error that says so.
[[noreturn]] void fail_without_end(std::string_view end, std::size_t limit);

}  // namespace zocalo
