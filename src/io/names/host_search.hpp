// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
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

/// Looks for the addresses of a host: what the text itself says, the hosts file, this machine's own
/// name, and then name servers, both families side by side, for each name that it may stand for
/// until one has any. Ends when all has come.
///
/// Throws as resolver::addresses() does when nothing was found.
task<> search_host(resolver& with, std::string host, net::family wanted, host_listener& tell);

}  // namespace zocalo::io::detail
