// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

namespace zocalo::program {

/// Copies the words of a command line, and hides the passwords of `-u NAME:PASSWORD` in the
/// originals for the subcommands that have curl's `-u`, those of `-U` likewise, and for all the
/// token of `--oauth2-bearer` and the password of `--pass`: whoever lists the processes of this
/// machine reads asterisks.
[[nodiscard]] std::vector<std::string> take_arguments(std::span<char* const> words);

}  // namespace zocalo::program
