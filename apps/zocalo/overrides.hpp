// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "zocalo/io/override.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// Exceptions from names, with the options that curl has for them. For every subcommand that
/// connects or looks names up.
namespace zocalo::program {

/// `--resolve HOST:PORT:ADDRESS[,ADDRESS]...`, any number of times.
CLI::Option* add_resolve_option(CLI::App& command, std::vector<io::host_override>& into);

/// `--connect-to HOST1:PORT1:HOST2:PORT2`, any number of times.
CLI::Option* add_connect_to_option(CLI::App& command, std::vector<io::connect_override>& into);

/// The same exceptions for whatever port: for those who ask for a host alone.
[[nodiscard]] std::vector<io::host_override> for_any_port(std::vector<io::host_override> all);

}  // namespace zocalo::program
