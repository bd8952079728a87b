// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/tls/name_server.hpp"

namespace zocalo::program {

/// Questions to name servers, past what the system's own resolver knows.
struct record_request {
    std::vector<std::string> names;
    std::vector<net::dns::type> types;
    bool types_are_implied = false;    ///< nobody named them: a name is found when any is there
    std::vector<std::string> servers;  ///< ADDRESS or ADDRESS:PORT; none: resolv.conf's
    std::vector<tls::secure_name_server> tls_servers;  ///< are asked instead
    std::string doh_url;                               ///< is asked instead
    std::string trusted;    ///< a file of authorities for those; empty: the system's
    bool insecure = false;  ///< believes whoever answers instead of those
    bool tcp = false;
    timeout limit = timeout::none();
};

/// Asks, all at once, and prints what was said, as a zone file has it or as JSON.
void resolve_records(const record_request& request, context& shared);

}  // namespace zocalo::program
