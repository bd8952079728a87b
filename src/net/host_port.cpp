// SPDX-License-Identifier: MIT
#include "zocalo/net/host_port.hpp"

#include <ostream>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::net {

namespace {

/// The address that a host stands for without any look-up, if it does.
std::optional<address> numeric(const std::string& host, family family) {
    if (host.empty()) return family == family::inet6 ? address::any_v6() : address::any_v4();
    if (host == "<broadcast>") return address::broadcast();
    return address::try_parse_liberal(host);
}

void require_hosts(family family) {
    if (family == family::inet || family == family::inet6 || family == family::unspecified) return;
    throw std::invalid_argument(
        "a host and a port are for inet and inet6 sockets; this one wants a net::endpoint");
}

}  // namespace

std::string host_port::number_text(bool within_range, std::string text, std::string_view what) {
    if (within_range) return text;
    throw std::invalid_argument(std::string(what) + ' ' + text + ": not within 0 to " +
                                (what == "port" ? "65535" : "4294967295"));
}

std::string_view host_port::without_brackets(std::string_view host) noexcept {
    const bool has_both = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const bool is_v6 = has_both && host.find(':') != std::string_view::npos;
    return is_v6 ? host.substr(1, host.size() - 2) : host;
}

host_port host_port::parse(std::string_view text) {
    const auto refuse = [&](const char* why) {
        throw std::invalid_argument("host and port " + quoted(text) + ": " + why);
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) refuse("has no port: HOST:PORT or [IPv6]:PORT");
    const auto host = text.substr(0, colon);
    const auto service = text.substr(colon + 1);
    const bool is_plain = host.find_first_of("[]:") == std::string_view::npos;
    if (!is_plain && without_brackets(host).size() == host.size()) {
        refuse("IPv6 addresses stand in brackets, and only they: [IPv6]:PORT");
    }
    if (service.empty()) refuse("the port is empty");
    return {host, service};
}

endpoint host_port::resolve(net::family family, net::type type) const {
    return resolve_all(family, type).front();
}

std::vector<endpoint> host_port::resolve_all(net::family family, net::type type, timeout limit,
                                             const stop_condition* stop) const {
    require_hosts(family);
    const auto address = numeric(host_, family);
    const auto port = from_digits<std::uint16_t>(service_);
    if (address && port) {
        const bool fits = family == net::family::unspecified || address->family() == family;
        if (fits) return {{*address, *port}};
        if (family == net::family::inet6) return {{address->mapped(), *port}};
    }
    lookup_hints hints{.family = family, .type = type};
    if (host_.empty()) hints.flags = lookup_flag::passive;
    const std::string host = address ? address->to_string() : host_;
    std::vector<endpoint> endpoints;
    for (const resolved& found :
         getaddrinfo(host_.empty() ? "" : host, service_, hints, limit, stop))
        endpoints.push_back(found.endpoint);
    return endpoints;
}

std::string host_port::to_string() const {
    const bool is_v6 = host_.find(':') != std::string::npos;
    const auto whole = [](std::string_view text) { return escaped(text, 4 * text.size()); };
    const std::string shown = whole(host_);
    return (is_v6 ? '[' + shown + ']' : shown) + ':' + whole(service_);
}

std::ostream& operator<<(std::ostream& out, const host_port& value) {
    return out << value.to_string();
}

}  // namespace zocalo::net
