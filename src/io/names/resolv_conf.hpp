// SPDX-License-Identifier: MIT
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

/// What resolv.conf(5) says.
struct resolv_conf {
    std::vector<net::address> servers;
    std::optional<std::vector<std::string>> search;  ///< nothing: no line says anything
    int dots = 1;
    int milliseconds = 2000;
    int attempts = 3;
    bool rotate = false;
    bool tcp = false;
    bool no_single_labels = false;  ///< a name without dots is not asked for as it is
};

/// Reads the file. Lines and words that mean nothing are passed over, as are servers whose
/// interface does not exist. Of lines that contradict each other the last one counts.
resolv_conf read_resolv_conf(std::istream& from);

/// Reads the words of an `options` line, or of the environment's RES_OPTIONS.
void take_resolv_options(std::string_view words, resolv_conf& into);

/// The domains of a `search` line, or of the environment's LOCALDOMAIN.
std::vector<std::string> search_list(std::string_view words);

}  // namespace zocalo::io::detail
