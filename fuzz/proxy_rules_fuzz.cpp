// SPDX-License-Identifier: MIT
// The environment's proxies; a line each for http_proxy, no_proxy and the URL that is asked for:
// only the declared error, which names the variable; who is asked without a proxy is who a naive
// reader of the rules finds, by labels and by bits; rules are read again the same; linear time.
#include "zocalo/http/proxy_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace net = zocalo::net;
namespace url = zocalo::url;

http::proxy_rules rules_of(const std::string& proxy, const std::string& except) {
    return http::proxy_rules::from([&](std::string_view name) -> std::optional<std::string> {
        if (name == "http_proxy" || name == "HTTPS_PROXY") return proxy;
        if (name == "NO_PROXY") return except;
        require(name != "HTTP_PROXY");
        return std::nullopt;
    });
}

std::vector<std::string> cut(const std::string& text, char at) {
    std::vector<std::string> all(1);
    for (const char each : text) {
        if (each == at) {
            all.emplace_back();
        } else {
            all.back() += each;
        }
    }
    return all;
}

bool have_same_bits(const net::address& one, const net::address& other, unsigned count) {
    if (one.is_v4() != other.is_v4()) return false;
    for (unsigned i = 0; i < count; ++i) {
        const unsigned differ = one.bytes()[i / 8] ^ other.bytes()[i / 8];
        if ((differ >> (7 - i % 8) & 1U) != 0) return false;
    }
    return true;
}

bool is_in(const std::string& rule, const net::address& ip) {
    const bool has_brackets = rule.size() > 2 && rule.front() == '[' && rule.back() == ']';
    const auto network =
        net::network::try_parse(has_brackets ? rule.substr(1, rule.size() - 2) : rule);
    return network && (have_same_bits(network->first(), ip, network->prefix()) ||
                       have_same_bits(network->first(), ip.unmapped(), network->prefix()));
}

bool is_below(const std::string& rule, const url::host& host) {
    const auto above = url::host::try_parse(rule.starts_with('.') ? rule.substr(1) : rule);
    if (!above) return false;
    const std::vector<std::string> labels = cut(std::string(host.name()), '.');
    const std::vector<std::string> wanted = cut(std::string(above->name()), '.');
    return wanted.size() <= labels.size() &&
           std::equal(wanted.rbegin(), wanted.rend(), labels.rbegin());
}

/// The oracle for one rule.
bool covers(std::string rule, const url::origin& who) {
    const std::vector<std::string> parts = cut(rule, ':');
    const bool is_bracketed = parts.size() > 2 && parts[parts.size() - 2].ends_with(']');
    if (parts.size() == 2 || is_bracketed) {
        const std::string& digits = parts.back();
        const bool is_number =
            !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
        const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
        const std::string own = who.port() == 0 ? "" : std::to_string(who.port());
        if (!is_number || digits.substr(zeros) != own) return false;
        rule.resize(rule.size() - digits.size() - 1);
    }
    if (rule == "*") return true;
    const auto ip = who.host().address();
    return ip ? is_in(rule, *ip) : is_below(rule, who.host());
}

bool is_excepted(const std::string& except, const url::origin& who) {
    const std::vector<std::string> rules = cut(except, ',');
    return std::ranges::any_of(rules, [&who](const std::string& each) {
        const std::size_t begin = each.find_first_not_of(" \t");
        if (begin == std::string::npos) return false;
        return covers(each.substr(begin, each.find_last_not_of(" \t") + 1 - begin), who);
    });
}

std::optional<url::origin> origin_of(const std::string& text) {
    try {
        return url::origin::of(url::uri::parse(text));
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

void check(const http::proxy_rules& rules, const std::string& except, const url::origin& who) {
    const auto* const through = rules.find(who);
    // Whether an interface of that name exists is nothing that the rules are asked about.
    if (who.host().name().find('%') != std::string_view::npos) return;
    const bool has_proxy = rules.http.has_value();
    require((through == nullptr) == (!has_proxy || is_excepted(except, who)));
    std::string joined;
    for (const std::string& each : rules.except) {
        require(!each.empty());
        joined += " ,";
        joined += each;
    }
    require(rules_of("p", joined).except == rules.except);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
    std::array<std::string, 3> line;
    for (std::string& each : line)
        std::getline(lines, each);
    const auto& [proxy, except, asked] = line;
    const std::optional<url::origin> who = origin_of(asked);
    try {
        const http::proxy_rules rules = rules_of(proxy, except);
        require(rules.http.has_value() == !proxy.empty());
        require(rules.https.has_value() == rules.http.has_value());
        if (who) check(rules, except, *who);
    } catch (const std::invalid_argument& wrong) {
        require(std::string_view(wrong.what()).starts_with("http_proxy: "));
    }
    if (!who) return 0;
    const url::origin& known = *who;
    linear::require_linear(
        line[1], [&known](const std::string& all) { (void)rules_of("p", all).find(known); });
    return 0;
}
