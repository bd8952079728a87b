// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/endpoint.hpp"

namespace zocalo::program {

struct serve_request;
struct context;

/// What is spoken at a port.
enum class tongue { http, gopher, names };

/// Where a server listens.
struct door {
    tongue speaks;
    net::endpoint where;
};

/// What a port option says: a number from 0 to 65535, or nothing for "no". Throws
/// CLI::ValidationError.
///
/// The addresses and ports of a server, all of them free, and its Unix sockets. A port 0 has become
/// a free one; where a default port is taken but HTTP's, it is left out, and that is said. Throws
/// std::system_error for others that are taken.
[[nodiscard]] std::vector<door> find_doors(const serve_request& request, const context& shared);

/// `http://127.0.0.1:8080/`, `unix:/run/x`
[[nodiscard]] std::string url_of(const door& at, bool tls);
[[nodiscard]] std::string_view name_of(tongue speaks) noexcept;

}  // namespace zocalo::program
