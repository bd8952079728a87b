// SPDX-License-Identifier: MIT
#pragma once

#include "command.hpp"

/// What `get` has become more of: subcommands with its options.
namespace zocalo::program {

void add_put(CLI::App& program, context& shared);
void add_ls(CLI::App& program, context& shared);

}  // namespace zocalo::program
