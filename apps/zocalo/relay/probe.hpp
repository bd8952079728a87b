// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"

namespace zocalo::program {

struct link_options;

/// `80`, `http`, `20-25` and lists of them with commas, in order. Throws std::invalid_argument for
/// what is no port, and std::system_error of name_category() for an unknown service.
[[nodiscard]] std::vector<std::uint16_t> parse_ports(std::string_view text, bool udp);

/// Tries each port and prints what it found: on stdout with --json, else on stderr as ncat does.
/// Ok when at least one port is open; the code of the last failure when none is.
///
/// A UDP port that says nothing to an empty datagram counts as open, because most servers answer
/// nothing; only a closed one makes the system answer.
exit_code probe_ports(const link_options& options, const std::string& host,
                      const std::string& ports, const context& shared);

}  // namespace zocalo::program
