// SPDX-License-Identifier: MIT
#include "command.hpp"

namespace zocalo::program {

void add_commands([[maybe_unused]] CLI::App& program, [[maybe_unused]] context& shared) {
    // In the order of --help. Add the line for a subcommand together with its file.
}

}  // namespace zocalo::program
