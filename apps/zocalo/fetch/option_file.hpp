// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace zocalo::program {

/// A line of a file of options, as curl has them: `max-time = 5`, `output: "a b"`, `-L`.
struct option_line {
    std::string name;  ///< `--max-time`, or `-L`; short ones may be several, or have a value behind
    std::optional<std::string> value = std::nullopt;
};

inline constexpr std::size_t longest_option_line = std::size_t{1} << 20;
inline constexpr std::size_t most_option_lines = 100'000;

/// Reads it to its end. Names have dashes or not; behind a name without them there may be `=` or
/// `:`. A value with blanks stands between quotes, where a backslash is in front of a quote, a
/// backslash, or t, n, r and v. Lines that begin with # are comments, as those with / and * are.
///
/// Throws std::invalid_argument that begins with "`shown`:LINE: ", also for what `take` throws of
/// that kind and of CLI11's.
void read_option_lines(std::istream& from, std::string_view shown,
                       const std::function<void(const option_line& line)>& take);

/// Declares -K, which takes options of `command` out of a file, in the place where it stands; and
/// lets the last one count of all those that can be said once. To be called when all the others are
/// there.
void add_option_file(CLI::App& command);

}  // namespace zocalo::program
