// SPDX-License-Identifier: MIT
#include "command.hpp"

namespace zocalo::program {

void add_commands(CLI::App& program, context& shared) {
    // In the order of --help. Add the line for a subcommand together with its file.
    add_serve(program, shared);
    add_tour(program, shared);
    add_get(program, shared);
    add_put(program, shared);
    add_ls(program, shared);
    add_rpc(program, shared);
    add_listen(program, shared);
    add_connect(program, shared);
    add_resolve(program, shared);
    add_interfaces(program, shared);
    add_ping(program, shared);
    add_trace(program, shared);
    add_frame(program, shared);
    add_clients(program, shared);
    add_completion(program, shared);
}

}  // namespace zocalo::program
