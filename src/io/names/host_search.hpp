// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "io/names/name_source.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/family.hpp"

namespace zocalo::io::detail {

/// Who wants to know the addresses of a host as soon as there are some.
class host_listener {
 public:
    /// One answer: addresses of one family, or of both from a file, or none and perhaps why.
    virtual void came(net::family of, std::vector<net::address> addresses,
                      const std::error_code& error) = 0;
    /// A name is asked for, for the answers to come.
    virtual void asking(const std::string& name) = 0;

 protected:
    ~host_listener() = default;
};

/// Which addresses are wanted.
struct wanted_host {
    std::string host;
    net::family family = net::family::unspecified;
    std::uint16_t port = 0;  ///< for overrides that are for one only; 0: none
};

/// Looks for the addresses of a host: what the text itself says, the hosts file, this machine's own
/// name, and then name servers, both families side by side, for each name that it may stand for
/// until one has any. Ends when all has come.
///
/// Throws as resolver::addresses() does when nothing was found.
task<> search_host(resolver& with, wanted_host what, host_listener& tell);

}  // namespace zocalo::io::detail
