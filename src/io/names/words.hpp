// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string_view>

namespace zocalo::io::detail {

/// The next word of a line in one of the system's files, which is taken off the front; empty at the
/// end.
inline std::string_view next_word(std::string_view& rest) noexcept {
    constexpr std::string_view space = " \t\r\v\f\n";
    rest.remove_prefix(std::min(rest.find_first_not_of(space), rest.size()));
    const std::string_view word = rest.substr(0, rest.find_first_of(space));
    rest.remove_prefix(word.size());
    return word;
}

}  // namespace zocalo::io::detail
