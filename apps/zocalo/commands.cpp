// SPDX-License-Identifier: MIT
#include "fetch/commands.hpp"

namespace zocalo::program {

void add_commands(CLI::App& program, context& shared) {
    // In the order of --help. Add the line for a subcommand together with its file.
    add_serve(program, shared);
    add_tour(program, shared);
    add_get(program, shared);
    add_rpc(program, shared);
