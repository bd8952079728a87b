// SPDX-License-Identifier: MIT
#include "zocalo/io/override.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "net/ascii_host.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/net/services.hpp"

namespace zocalo::io {

namespace {

std::string_view without_root(std::string_view name) noexcept {
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

/// Equal addresses, or names that differ in the case of letters, in their IDNA form, or in a dot at
/// the end.
bool same_host(std::string_view one, std::string_view other) {
    const auto ip = net::address::try_parse(one);
    if (ip) return ip == net::address::try_parse(other);
    const std::string a = net::ascii_host(one);
    const std::string b = net::ascii_host(other);
    return net::dns::same_name(without_root(a), without_root(b));
}

/// Reads one exception from the left.
class exception_parser {
 public:
    exception_parser(std::string_view text, const char* form) : text_(text), form_(form) {}

    /// Everything up to the next colon, and without brackets.
    std::string_view host() {
        if (!rest_.starts_with('[')) return word();
        const auto end = rest_.find("]:");
        if (end == std::string_view::npos) refuse("a bracket without its other one");
        const std::string_view inside = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 2);
        return inside;
    }
    std::string_view word() {
        const auto colon = rest_.find(':');
        if (colon == std::string_view::npos) refuse("a part is missing");
        const std::string_view part = rest_.substr(0, colon);
        rest_.remove_prefix(colon + 1);
        return part;
    }
    std::uint16_t port(std::string_view digits) const {
        const auto number = from_digits<std::uint16_t>(digits);
        if (!number || *number == 0) refuse("a port is not within 1 to 65535");
        return *number;
    }
    std::uint16_t port_or_any(std::string_view digits) const {
        return digits.empty() ? std::uint16_t{0} : port(digits);
    }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    [[noreturn]] void refuse(const char* why) const {
        throw std::invalid_argument(quoted(text_) + ": " + why + "; it should be " + form_);
    }

 private:
    std::string_view text_;
    const char* form_;
    std::string_view rest_ = text_;
};

std::string_view without_brackets(std::string_view text) noexcept {
    const bool has_both = text.starts_with('[') && text.ends_with(']');
    return has_both ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

host_override host_override::parse(std::string_view text) {
    exception_parser from(text, "HOST:PORT:ADDRESS[,ADDRESS]...");
    host_override made{.host = std::string(from.host()), .addresses = {}};
    if (made.host.empty()) from.refuse("the host is empty");
    made.port = from.port(from.word());
    std::string_view rest = from.rest();
    for (;;) {
        const auto comma = rest.find(',');
        const auto ip = net::address::try_parse(without_brackets(rest.substr(0, comma)));
        if (!ip) from.refuse("what follows the port is no address");
        made.addresses.push_back(*ip);
        if (comma == std::string_view::npos) return made;
        rest.remove_prefix(comma + 1);
    }
}

std::vector<net::address> overridden(std::string_view host, std::uint16_t port,
                                     std::span<const host_override> exceptions) {
    std::vector<net::address> named;
    std::vector<net::address> others;
    for (const host_override& each : exceptions) {
        if (each.port != 0 && each.port != port) continue;
        if (!each.is_for_all() && !same_host(each.host, host)) continue;
        auto& all = each.is_for_all() ? others : named;
        all.insert(all.end(), each.addresses.begin(), each.addresses.end());
    }
    return named.empty() ? others : named;
}

connect_override connect_override::parse(std::string_view text) {
    exception_parser from(text, "HOST1:PORT1:HOST2:PORT2");
    connect_override made;
    made.host = from.host();
    made.port = from.port_or_any(from.word());
    made.to_host = from.host();
    made.to_port = from.port_or_any(from.rest());
    return made;
}

net::host_port redirected(const net::host_port& peer,
                          std::span<const connect_override> exceptions) {
    std::optional<std::uint16_t> port;
    const auto has_port = [&](std::uint16_t wanted) {
        if (wanted == 0) return true;
        if (!port) port = from_digits<std::uint16_t>(peer.service());
        if (!port) port = net::getservbyname(peer.service(), "tcp");
        return *port == wanted;
    };
    const auto fits = std::ranges::find_if(exceptions, [&](const connect_override& each) {
        const bool has_host = each.host.empty() || same_host(each.host, peer.host());
        return has_host && has_port(each.port);
    });
    if (fits == exceptions.end()) return peer;
    const std::string& host = fits->to_host.empty() ? peer.host() : fits->to_host;
    if (fits->to_port == 0) return {host, peer.service()};
    return {host, fits->to_port};
}

}  // namespace zocalo::io
