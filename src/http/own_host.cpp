// SPDX-License-Identifier: MIT
#include <algorithm>

#include "http/authority.hpp"
#include "zocalo/http/filters.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::http {

bool is_own_host(std::string_view authority, std::span<const std::string> names) noexcept {
    std::string_view host = detail::without_port(authority);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        return net::address::try_parse(host).has_value();
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    if (same_name(host, "localhost") || net::address::try_parse(host)) return true;
    return std::ranges::any_of(names,
                               [host](const std::string& each) { return same_name(host, each); });
}

filter refuse_other_hosts(std::vector<std::string> names) {
    return [names = std::move(names)](exchange& asked, const rest_of_site& rest) {
        const std::string_view authority = asked.authority();
        const bool is_known = authority.empty() || is_own_host(authority, names);
        if (!is_known)
            throw status_error(status::misdirected_request, "this host has another name");
        return rest(asked);
    };
}

}  // namespace zocalo::http
