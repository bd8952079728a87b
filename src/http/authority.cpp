// SPDX-License-Identifier: MIT
// Only what characters are where is looked at here; what they mean is for the room url.
#include "http/authority.hpp"

#include <cstdint>

#include "zocalo/core/number.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

namespace {

/// [::1], with whatever an address may have in it.
bool is_bracketed(std::string_view host) noexcept {
    if (host.size() < 3 || host.back() != ']') return false;
    const std::string_view inside = host.substr(1, host.size() - 2);
    return inside.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

bool is_host(std::string_view host) noexcept {
    return host.starts_with('[') ? is_bracketed(host) : all_are(host_character, host);
}

/// Where the colon before the port is, or the end when there is none.
std::size_t port_at(std::string_view text) noexcept {
    const std::size_t colon = text.find(':', text.starts_with('[') ? text.find(']') : 0);
    return colon == std::string_view::npos ? text.size() : colon;
}

std::string_view scheme_of(std::string_view target) noexcept {
    return target.substr(0, target.find("://"));
}

bool is_of_http(std::string_view scheme) noexcept {
    return same_name(scheme, "http") || same_name(scheme, "https");
}

/// http and https name a host, and never a user (RFC 9110 §4.2).
bool is_absolute(std::string_view target) noexcept {
    const std::string_view scheme = scheme_of(target);
    if (scheme.empty() || target.size() <= scheme.size() + 3 ||
        scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789+-.") != std::string_view::npos)
        return false;
    if (!is_of_http(scheme)) return true;
    const std::string_view rest = target.substr(scheme.size() + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    return !authority.empty() && is_host_and_port(authority);
}

}  // namespace

bool is_host_and_port(std::string_view text) noexcept {
    const std::size_t colon = port_at(text);
    if (!is_host(text.substr(0, colon))) return false;
    if (colon == text.size()) return true;
    const std::string_view port = text.substr(colon + 1);
    return colon != 0 && (port.empty() || from_digits<std::uint16_t>(port));
}

bool is_host_with_port(std::string_view text) noexcept {
    return is_host_and_port(text) && port_at(text) + 1 < text.size();
}

bool is_target(std::string_view target, bool is_connect, bool is_options) noexcept {
    if (is_connect) return is_host_with_port(target);
    if (!all_are(target_character, target) || target.empty()) return false;
    if (target.front() == '/') return true;
    return target == "*" ? is_options : is_absolute(target);
}

std::string_view without_port(std::string_view authority) noexcept {
    return authority.substr(0, port_at(authority));
}

bool is_of_other_scheme(std::string_view target) noexcept {
    if (target.starts_with('/')) return false;
    const std::string_view scheme = scheme_of(target);
    return scheme.size() < target.size() && !is_of_http(scheme);
}

bool is_of_https(std::string_view target) noexcept {
    return !target.starts_with('/') && target.find("://") != std::string_view::npos &&
           same_name(scheme_of(target), "https");
}

}  // namespace zocalo::http::detail
