// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::program {

struct connect_request;

/// `80`, `http`, `20-25` and lists of them with commas, in order. Throws std::invalid_argument for
/// what is no port, and std::system_error of name_category() for an unknown service.
[[nodiscard]] std::vector<std::uint16_t> parse_ports(std::string_view text, bool udp);

/// Tries each port at each address of the host and prints what it found: on stdout with --json,
/// else on stderr as ncat does. The program's status is ok when at least one is open, else the code
/// of the last failure.
///
/// A UDP port that says nothing to an empty datagram counts as open, because most servers answer
/// nothing; only a closed one makes the system answer.
io::task<> probe_ports(const connect_request& request, context& shared);

}  // namespace zocalo::program
