// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace zocalo::program {

/// The environment variable that, set to anything but nothing, lets the kernel write core files.
inline constexpr const char* core_files_variable = "ZOCALO_CORE_FILES";
inline constexpr std::string_view core_files_meaning =
    "When set, the program may leave core files, which may hold passwords and keys";

/// Has the kernel write no core of this process, unless the user wants them; `words` is the command
/// line.
void forbid_core_files(std::span<char* const> words);

}  // namespace zocalo::program
