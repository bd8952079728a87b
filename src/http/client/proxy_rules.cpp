// SPDX-License-Identifier: MIT
#include "zocalo/http/proxy_rules.hpp"

#include <cstdlib>
#include <stdexcept>

#include "http/lists.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/network.hpp"

namespace zocalo::http {

namespace {

std::optional<std::string> environment(std::string_view name) {
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
}

std::optional<io::proxy> proxy_from(const proxy_rules::lookup& variable,
                                    std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        const auto value = variable(name);
        if (!value || value->empty()) continue;
        try {
            return io::proxy::parse(*value);
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(std::string(name) + ": " + error.what());
        }
    }
    return std::nullopt;
}

/// Takes `:port` off; nothing when it is another port than that one.
std::optional<std::string_view> without_port(std::string_view rule, std::uint16_t port) {
    const std::size_t colon = rule.rfind(':');
    if (colon == std::string_view::npos) return rule;
    const bool is_v6 = rule.find(':') != colon && rule[colon - 1] != ']';
    if (is_v6) return rule;
    const auto number = from_digits<std::uint16_t>(rule.substr(colon + 1));
    if (!number || *number != port) return std::nullopt;
    return rule.substr(0, colon);
}

bool covers(std::string_view rule, const url::origin& who) {
    const auto host_rule = without_port(rule, who.port());
    if (!host_rule || host_rule->empty()) return false;
    rule = *host_rule;
    if (rule == "*") return true;
    if (const auto ip = who.host().address()) {
        if (rule.starts_with('[') && rule.ends_with(']')) rule = rule.substr(1, rule.size() - 2);
        const auto network = net::network::try_parse(rule);
        return network && (network->contains(*ip) || network->contains(ip->unmapped()));
    }
    if (rule.starts_with('.')) rule.remove_prefix(1);
    const auto wanted = url::host::try_parse(rule);
    if (!wanted) return false;
    const std::string_view name = who.host().name();
    const std::string_view suffix = wanted->name();
    if (!name.ends_with(suffix)) return false;
    return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

}  // namespace

proxy_rules proxy_rules::from(const lookup& variable) {
    proxy_rules rules;
    rules.http = proxy_from(variable, {"http_proxy", "all_proxy", "ALL_PROXY"});
    rules.https = proxy_from(variable, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    auto except = variable("no_proxy");
    if (!except) except = variable("NO_PROXY");
    std::string_view rest = except ? std::string_view(*except) : std::string_view();
    while (!rest.empty()) {
        const std::string_view rule = detail::take_until(rest, ',');
        if (!rule.empty()) rules.except.emplace_back(rule);
    }
    return rules;
}

proxy_rules proxy_rules::from_environment() {
    return from(environment);
}

const io::proxy* proxy_rules::find(const url::origin& who) const {
    const auto& through = who.scheme() == "https" ? https : http;
    if (!through) return nullptr;
    for (const std::string& rule : except) {
        if (covers(rule, who)) return nullptr;
    }
    return &*through;
}

}  // namespace zocalo::http
