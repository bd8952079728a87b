// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tls/ends.hpp"
#include "zocalo/http/client.hpp"

namespace zocalo::tests {

/// Options of a client that trusts the server of the tests (localhost()), and speaks those versions
/// with it; `alpn`: what it offers in their place.
inline http::client_options speaking(http::versions which, std::vector<std::string> alpn = {}) {
    tls::client_options trust = client_trusting(localhost());
    trust.alpn = std::move(alpn);
    http::client_options options;
    options.tls = tls::client_context(trust);
    options.versions = which;
    options.stall = std::chrono::seconds(10);
    return options;
}

}  // namespace zocalo::tests
