// SPDX-License-Identifier: MIT
#include "tls/host_name.hpp"

#include <algorithm>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/idna.hpp"

namespace zocalo::tls::detail {

namespace {

bool is_of_a_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

}  // namespace

std::string plain_host_name(std::string_view host) {
    std::string name = net::idna_to_ascii(host);
    if (name.ends_with('.')) name.pop_back();
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_of_a_name)) {
        throw std::invalid_argument("TLS host " + quoted(host) +
                                    ": neither a host nor an IP address");
    }
    return name;
}

}  // namespace zocalo::tls::detail
