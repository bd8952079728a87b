// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace zocalo::program {

/// Asks on the terminal, which does not show what is typed. Throws std::invalid_argument when this
/// program has none, std::system_error when it cannot be read.
[[nodiscard]] std::string ask_for_password(const std::string& prompt);

}  // namespace zocalo::program
