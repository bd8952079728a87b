// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// curl's patterns of URLs: `{one,two}`, `[1-10]`, `[001-100:2]`, `[a-z]`.
namespace zocalo::program {

/// One of the URLs that a pattern stands for.
struct matched_url {
    std::string url;
    std::vector<std::string> parts;  ///< what has replaced the first pattern, the second, ...
};

inline constexpr std::size_t most_matches = 100'000;

/// All of them, the last pattern changing fastest. A backslash takes the meaning from a bracket or
/// brace behind it, and within braces from anything; and an address of IPv6 in brackets is no
/// pattern. Throws std::invalid_argument that names the position for what is none, and for more
/// than `most`, which is at least 1.
[[nodiscard]] std::vector<matched_url> matches_of(std::string_view pattern,
                                                  std::size_t most = most_matches);

/// A name of -o, in which `#1` is what has replaced the first pattern. A number that no pattern has
/// stays.
[[nodiscard]] std::string name_with(std::string_view name, const std::vector<std::string>& parts);

}  // namespace zocalo::program
