// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace zocalo::program {

/// A date as HTTP writes it, or when that file was written. Throws std::invalid_argument for what
/// is neither.
[[nodiscard]] std::chrono::sys_seconds time_of(const std::string& date_or_file);

/// When a file was written. Throws std::invalid_argument when there is none.
[[nodiscard]] std::chrono::sys_seconds written_at(const std::string& path);

}  // namespace zocalo::program
