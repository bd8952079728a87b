// SPDX-License-Identifier: MIT
// Proxies as people write them.
#include "zocalo/io/proxy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::io {

namespace {

using enum proxy::protocol;

constexpr std::array<std::pair<std::string_view, proxy::protocol>, 6> schemes{
    {{"http", http},
     {"https", https},
     {"socks4", socks4},
     {"socks4a", socks4a},
     {"socks5", socks5},
     {"socks5h", socks5h}}};

std::optional<proxy::protocol> protocol_of(std::string_view scheme) {
    for (const auto& [name, kind] : schemes) {
        if (name == scheme) return kind;
    }
    return std::nullopt;
}

/// Of `user:password@host` what may be shown.
std::string shown(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return quoted(text);
    const auto slashes = text.find("://");
    const auto begin = slashes == std::string_view::npos ? 0 : slashes + 3;
    return quoted(std::string(text.substr(0, begin)) + "..." + std::string(text.substr(at)));
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    throw std::invalid_argument("proxy " + shown(text) + ": " + why);
}

bool has_controls(std::string_view text) noexcept {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

/// Without %-escapes; nothing when one of them is none.
std::optional<std::string> unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at];
            continue;
        }
        const auto digits = text.substr(at + 1, 2);
        const auto code = from_digits<std::uint8_t>(digits, 16);
        if (digits.size() != 2 || !code) return std::nullopt;
        plain += static_cast<char>(*code);
        at += 2;
    }
    return plain;
}

void read_user(proxy& into, std::string_view part, std::string_view text) {
    const auto colon = part.find(':');
    const auto user = unescaped(part.substr(0, colon));
    const auto password = colon == std::string_view::npos ? std::optional<std::string>("")
                                                          : unescaped(part.substr(colon + 1));
    if (!user || !password) refuse(text, "a % without two hexadecimal digits in the user");
    if (user->empty()) refuse(text, "no user before the @");
    if (has_controls(*user) || has_controls(*password))
        refuse(text, "a control character in the user or the password");
    into.user = *user;
    into.password = *password;
}

void read_host(proxy& into, std::string_view part, std::string_view text) {
    std::string_view port;
    if (part.starts_with('[')) {
        const auto end = part.find(']');
        if (end == std::string_view::npos) refuse(text, "no ] behind the address");
        into.host = part.substr(1, end - 1);
        port = part.substr(end + 1);
        if (!net::address::try_parse(into.host)) refuse(text, "no address in the brackets");
    } else {
        const auto colon = std::min(part.find(':'), part.size());
        into.host = part.substr(0, colon);
        port = part.substr(colon);
    }
    if (into.host.empty()) refuse(text, "no host");
    if (into.host.find_first_of("/?# ") != std::string::npos || has_controls(into.host))
        refuse(text, "no host");
    if (port.empty()) return;
    const auto number = port[0] == ':' ? from_digits<std::uint16_t>(port.substr(1)) : std::nullopt;
    if (!number || *number == 0) refuse(text, "the port is not within 1 to 65535");
    into.port = *number;
}

}  // namespace

std::string_view to_text(proxy::protocol kind) noexcept {
    for (const auto& [name, which] : schemes) {
        if (which == kind) return name;
    }
    return "?";
}

proxy proxy::parse(std::string_view text) {
    proxy parsed;
    std::string_view rest = text;
    if (const auto slashes = rest.find("://"); slashes != std::string_view::npos) {
        const auto found = protocol_of(rest.substr(0, slashes));
        if (!found) refuse(text, "of http, https, socks4, socks4a, socks5 and socks5h none");
        parsed.kind = *found;
        if (parsed.kind == https) parsed.port = 443;
        rest.remove_prefix(slashes + 3);
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        read_user(parsed, rest.substr(0, at), text);
        rest.remove_prefix(at + 1);
    }
    read_host(parsed, rest, text);
    return parsed;
}

std::string proxy::to_string() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    std::string text(to_text(kind));
    text += "://";
    if (!user.empty()) text += escaped(user) + '@';
    text += is_v6 ? '[' + host + ']' : escaped(host);
    return text + ':' + std::to_string(port);
}

std::ostream& operator<<(std::ostream& out, const proxy& value) {
    return out << value.to_string();
}

}  // namespace zocalo::io
