// SPDX-License-Identifier: MIT
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

/// What the system's files say about names.
struct system_settings {
    std::vector<std::string> search;
    int dots = 1;             ///< a name with so many is asked for as it is first
    bool use_files = true;    ///< nsswitch.conf: the hosts file counts
    bool use_servers = true;  ///< and name servers
    bool files_last = false;  ///< servers are asked first: "hosts: dns files"
    int milliseconds = 2000;  ///< for a server to answer
    int attempts = 3;
    bool tcp = false;
};

/// Reads /etc/resolv.conf and /etc/nsswitch.conf.
system_settings read_system_settings();

/// The addresses of a host in /etc/hosts.
std::vector<net::address> read_hosts_file(const std::string& host);

}  // namespace zocalo::io::detail
