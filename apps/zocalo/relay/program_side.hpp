// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/endpoint.hpp"

namespace zocalo::program {

struct local_end;

/// Starts a program as our end of a conversation: one socket is its input and its output. `peer`
/// and `here` go into its environment as ZOCALO_PEER and ZOCALO_LOCAL. Throws std::system_error
/// that names the program when it cannot be started.
[[nodiscard]] local_end start_program(const std::vector<std::string>& arguments, bool in_packets,
                                      const net::endpoint& peer, const net::endpoint& here);

/// The arguments that `text` spells, with no shell: separated by white space; '...' keeps
/// everything, "..." keeps all but \" and \\, and \ keeps the next character. Throws
/// std::invalid_argument when a quote is left open or there is no word.
[[nodiscard]] std::vector<std::string> split_arguments(std::string_view text);

}  // namespace zocalo::program
