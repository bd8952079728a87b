// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "zocalo/core/deadline.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace zocalo::program {

/// `5`, `0.5`, `500ms`, `2s`, `3m` or `1h`: a number of seconds unless a unit follows. Throws
/// std::invalid_argument for everything else.
[[nodiscard]] timeout parse_duration(std::string_view text);

/// Declares an option that takes a duration.
CLI::Option* add_duration(CLI::App& command, const std::string& names, timeout& into,
                          const std::string& description);
/// The same, and 0 is no limit, as in curl.
CLI::Option* add_limit(CLI::App& command, const std::string& names, timeout& into,
                       const std::string& description);
/// The same for one that is never without end, rounded up.
CLI::Option* add_duration(CLI::App& command, const std::string& names,
                          std::chrono::milliseconds& into, const std::string& description);

}  // namespace zocalo::program
