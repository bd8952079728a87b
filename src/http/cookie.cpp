// SPDX-License-Identifier: MIT
#include "zocalo/http/cookie.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/cookie_rules.hpp"
#include "http/lists.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/host.hpp"

namespace zocalo::http {

namespace {

bool is_forbidden(char c) noexcept {
    return !detail::is(detail::value_character, c);
}

// cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
bool is_cookie_octet(char c) noexcept {
    return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// Digits, with a minus sign or without; the largest number when there are too many.
std::optional<std::chrono::seconds> read_max_age(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    const std::string_view digits = text.substr(is_negative ? 1 : 0);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    if (is_negative) return std::chrono::seconds(0);
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    const std::uint64_t age = from_digits<std::uint64_t>(digits).value_or(most);
    return std::chrono::seconds(std::min(age, most));
}

same_site read_same_site(std::string_view text) noexcept {
    if (same_name(text, "none")) return same_site::none;
    if (same_name(text, "lax")) return same_site::lax;
    if (same_name(text, "strict")) return same_site::strict;
    return same_site::unset;
}

void read_attribute(set_cookie& into, std::string_view attribute) {
    const std::string_view name = detail::take_until(attribute, '=');
    const std::string_view value = trimmed(attribute);
    if (value.size() > set_cookie::longest_attribute) return;
    if (same_name(name, "expires")) {
        if (const auto when = parse_cookie_date(value)) into.expires = when;
    } else if (same_name(name, "max-age")) {
        if (const auto age = read_max_age(value)) into.max_age = age;
    } else if (same_name(name, "domain")) {
        into.domain = lower(value.substr(value.starts_with('.') ? 1 : 0));
    } else if (same_name(name, "path")) {
        into.path = value.starts_with('/') ? value : std::string_view();
    } else if (same_name(name, "secure")) {
        into.secure = true;
    } else if (same_name(name, "httponly")) {
        into.http_only = true;
    } else if (same_name(name, "samesite")) {
        into.same_site = read_same_site(value);
    }
}

[[noreturn]] void refuse(std::string_view what, std::string_view shown) {
    std::string message = "cookie: ";
    throw std::invalid_argument(message.append(what).append(": ") += quoted(shown));
}

void check(const set_cookie& cookie) {
    if (!is_token(cookie.name)) refuse("no name", cookie.name);
    if (!std::ranges::all_of(cookie.value, is_cookie_octet)) refuse("no value", cookie.value);
    if (cookie.name.size() + cookie.value.size() > set_cookie::longest)
        refuse("too long", cookie.name);
    const bool has_semicolon = cookie.path.find(';') != std::string::npos;
    const bool is_path = cookie.path.empty() || cookie.path.starts_with('/');
    if (!is_path || has_semicolon || std::ranges::any_of(cookie.path, is_forbidden) ||
        cookie.path.size() > set_cookie::longest_attribute)
        refuse("no path", cookie.path);
    if (!cookie.domain.empty()) {
        const auto host = url::host::try_parse(cookie.domain);
        if (!host || host->to_string() != cookie.domain) refuse("no domain", cookie.domain);
    }
    if (cookie.same_site == same_site::none && !cookie.secure)
        refuse("for all sites, but not secure", cookie.name);
    if (!detail::keeps_prefix(cookie.name, cookie.secure, cookie.domain.empty(), cookie.path))
        refuse("not what the prefix of its name says", cookie.name);
}

}  // namespace

std::optional<set_cookie> set_cookie::try_parse(std::string_view text) {
    if (std::ranges::any_of(text, is_forbidden)) return std::nullopt;
    std::string_view pair = detail::take_until(text, ';');
    set_cookie read;
    if (pair.find('=') != std::string_view::npos) read.name = detail::take_until(pair, '=');
    read.value = trimmed(pair);
    const std::size_t size = read.name.size() + read.value.size();
    if (size == 0 || size > longest) return std::nullopt;
    while (!text.empty())
        read_attribute(read, detail::take_until(text, ';'));
    return read;
}

std::string set_cookie::to_string() const {
    check(*this);
    std::string text = name + '=' + value;
    if (!path.empty()) text.append("; Path=").append(path);
    if (!domain.empty()) text.append("; Domain=").append(domain);
    if (max_age) text.append("; Max-Age=") += std::to_string(max_age->count());
    if (expires) text.append("; Expires=") += date_text(*expires);
    if (secure) text += "; Secure";
    if (http_only) text += "; HttpOnly";
    if (same_site == http::same_site::none) text += "; SameSite=None";
    if (same_site == http::same_site::lax) text += "; SameSite=Lax";
    if (same_site == http::same_site::strict) text += "; SameSite=Strict";
    return text;
}

set_cookie session_cookie(std::string_view name, std::string_view value) {
    return {.name = std::string(name),
            .value = std::string(value),
            .path = "/",
            .secure = true,
            .http_only = true,
            .same_site = same_site::lax};
}

std::vector<std::pair<std::string_view, std::string_view>> read_cookies(std::string_view field) {
    std::vector<std::pair<std::string_view, std::string_view>> all;
    while (!field.empty()) {
        std::string_view pair = detail::take_until(field, ';');
        if (pair.empty()) continue;
        const bool has_name = pair.find('=') != std::string_view::npos;
        const std::string_view name = has_name ? detail::take_until(pair, '=') : "";
        all.emplace_back(name, trimmed(pair));
    }
    return all;
}

std::string unquote_cookie(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
    value = value.substr(1, value.size() - 2);
    const auto is_octal = [&](std::size_t at) { return value[at] >= '0' && value[at] <= '7'; };
    std::string plain;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const std::size_t left = value.size() - at;
        const bool begins = value[at] == '\\' && left > 1;
        if (begins && left > 3 && value[at + 1] <= '3' && is_octal(at + 1) && is_octal(at + 2) &&
            is_octal(at + 3)) {
            const int code =
                (value[at + 1] - '0') * 64 + (value[at + 2] - '0') * 8 + (value[at + 3] - '0');
            plain += static_cast<char>(static_cast<unsigned char>(code));
            at += 3;
        } else if (begins && (value[at + 1] == '"' || value[at + 1] == '\\')) {
            plain += value[++at];
        } else {
            plain += value[at];
        }
    }
    return plain;
}

std::string quote_cookie(std::string_view text) {
    // cookie-octet (RFC 6265 §4.1.1)
    const auto is_plain = [](char c) {
        return c > ' ' && c < '\x7F' && c != '"' && c != ',' && c != ';' && c != '\\';
    };
    if (std::ranges::all_of(text, is_plain)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted.append("\\") += c;
        } else if (is_plain(c) || c == ' ') {
            quoted += c;
        } else {
            const auto code = static_cast<unsigned char>(c);
            quoted += '\\';
            quoted += static_cast<char>('0' + code / 64);
            quoted += static_cast<char>('0' + code / 8 % 8);
            quoted += static_cast<char>('0' + code % 8);
        }
    }
    return quoted += '"';
}

// --- What clients and servers hold both

bool detail::keeps_prefix(std::string_view name, bool is_secure, bool is_host_only,
                          std::string_view path) noexcept {
    const auto begins_with = [name](std::string_view prefix) {
        return same_name(name.substr(0, prefix.size()), prefix);
    };
    if (begins_with("__Secure-")) return is_secure;
    if (begins_with("__Host-")) return is_secure && is_host_only && path == "/";
    return true;
}

}  // namespace zocalo::http
