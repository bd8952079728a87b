// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resolve_records.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/io/override.hpp"

namespace zocalo::program {

/// What the command line of `zocalo resolve` says.
struct resolve_request {
    std::vector<std::string> names;
    std::string service;
    std::string type;  ///< as it was given: of sockets, or of records
    bool v4 = false;
    bool v6 = false;
    bool reverse = false;
    bool numeric = false;
    bool passive = false;
    bool mapped = false;
    bool configured = false;
    std::vector<std::string> servers;
    bool tcp = false;
    std::vector<std::string> tls_servers;
    std::string doh_url;
    std::string trusted;
    bool insecure = false;
    std::vector<io::host_override> overrides;
    timeout limit = timeout::none();
};

/// Throws CLI::ValidationError when `text` is neither a type of socket nor a list of types of
/// records.
void check_type(std::string_view text);

/// Whether name servers are asked by ourselves: when records or servers are named. Throws
/// CLI::ValidationError for options that do not go together.
[[nodiscard]] bool wants_records(const resolve_request& request);

/// The questions to them. Throws CLI::ValidationError for what cannot be asked so.
[[nodiscard]] record_request records_of(const resolve_request& request);

}  // namespace zocalo::program
