// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace zocalo::program {

/// A date as HTTP writes it, or when that file was written. Throws std::invalid_argument for what
/// is neither.
[[nodiscard]] std::chrono::sys_seconds time_of(const std::string& date_or_file);

}  // namespace zocalo::program
