// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

namespace zocalo::program {

/// Copies the words of a command line, and hides the passwords of `-u NAME:PASSWORD` in the
/// originals, and those of `-U` and the token of `--oauth2-bearer` likewise: whoever lists the
/// processes of this machine reads asterisks. For the subcommands that have curl's `-u`.
[[nodiscard]] std::vector<std::string> take_arguments(std::span<char* const> words);

}  // namespace zocalo::program
