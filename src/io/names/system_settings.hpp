// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "io/names/resolv_conf.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

/// What the system's files say about names.
struct system_settings {
    resolv_conf how;
    std::vector<std::string> search;
    bool use_files = true;    ///< nsswitch.conf: the hosts file counts
    bool use_servers = true;  ///< and name servers
    bool files_last = false;  ///< servers are asked first: "hosts: dns files"
};

/// Reads /etc/resolv.conf and /etc/nsswitch.conf, and the environment (resolv.conf(5)).
system_settings read_system_settings();

}  // namespace zocalo::io::detail
