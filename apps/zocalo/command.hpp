// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "exit_code.hpp"

namespace CLI {
class App;
}

/// The program `zocalo`: one file per subcommand, which declares its options and prints its
/// results. What it does is done by the library.
///
/// A subcommand is a function `add_NAME` that makes itself with new_command(), declares its options
/// and leaves a callback to run. Failures are exceptions: run() turns them into one line on stderr
/// and an exit code. A subcommand that ends well, but not with 0, says so in context::status.
namespace zocalo::program {

/// What all subcommands share.
struct context {
    exit_code status = exit_code::ok;
    bool json = false;  ///< print for programs, one JSON document
    int verbosity = 0;  ///< how often -v was given
};

/// One way to use a subcommand: the command line after `zocalo `, and what it does.
struct example {
    std::string_view command;
    std::string_view meaning;
};

/// Makes the subcommand `name`, with -v and --help, and the examples at the end of its help text.
CLI::App& new_command(CLI::App& program, context& shared, const std::string& name,
                      const std::string& summary, std::initializer_list<example> examples);

/// Adds --json, for subcommands that print something.
void add_json_option(CLI::App& command, context& shared);

/// A line on stderr for whoever gave -v at least `level` times.
void say(const context& shared, int level, std::string_view line);

void add_get(CLI::App& program, context& shared);
void add_put(CLI::App& program, context& shared);
void add_ls(CLI::App& program, context& shared);
void add_rpc(CLI::App& program, context& shared);
void add_listen(CLI::App& program, context& shared);
void add_connect(CLI::App& program, context& shared);
void add_resolve(CLI::App& program, context& shared);
void add_interfaces(CLI::App& program, context& shared);
void add_frame(CLI::App& program, context& shared);
void add_ping(CLI::App& program, context& shared);
void add_trace(CLI::App& program, context& shared);
void add_clients(CLI::App& program, context& shared);
void add_serve(CLI::App& program, context& shared);
void add_tour(CLI::App& program, context& shared);
void add_completion(CLI::App& program, context& shared);

/// Adds every subcommand, in the order in which --help lists them.
void add_commands(CLI::App& program, context& shared);

/// The whole program: reads the command line, runs what it asks for, reports what went wrong.
exit_code run(int argc, char** argv);

}  // namespace zocalo::program
