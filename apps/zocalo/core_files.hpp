// SPDX-License-Identifier: MIT
#pragma once

#include <span>

namespace zocalo::program {

/// The environment variable that, set to anything but nothing, lets the kernel write core files.
inline constexpr const char* core_files_variable = "ZOCALO_CORE_FILES";

/// Has the kernel write no core of this process, unless the user wants them; `words` is the command
/// line.
void forbid_core_files(std::span<char* const> words);

}  // namespace zocalo::program
