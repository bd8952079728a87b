// SPDX-License-Identifier: MIT
#include <algorithm>
#include <stdexcept>

#include "io/proxy/http_connect.hpp"
#include "io/proxy/socks.hpp"
#include "net/ascii_host.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/unread.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::io {

namespace detail {

namespace {

std::string doing(const target& what) {
    return "connect " + what.to_string() + " through " + what.through.to_string();
}

[[noreturn]] void refuse_to_ask(const target& what, const std::string& why) {
    throw std::invalid_argument(doing(what) + ": " + why);
}

/// What a proxy would take for the end of what it was told, or for more.
bool is_plain(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte == 0x7F;
    });
}

void check_host(const target& what) {
    if (what.host.empty() || what.host.size() > 255) {
        refuse_to_ask(what, "a host has 1 to 255 characters");
    }
    if (!is_plain(what.host)) refuse_to_ask(what, "control characters in the host");
    const auto ip = net::address::try_parse(what.host);
    if (ip && ip->scope() != 0) refuse_to_ask(what, "a scope means nothing to a proxy");
    if (!ip && what.through.wants_addresses()) {
        refuse_to_ask(what, "this kind of proxy wants an address");
    }
    const bool is_old = what.through.kind == proxy::protocol::socks4 ||
                        what.through.kind == proxy::protocol::socks4a;
    if (ip && is_old && ip->unmapped().is_v6()) refuse_to_ask(what, "SOCKS 4 has no IPv6");
    if (!ip && what.host.find(':') != std::string::npos) {
        refuse_to_ask(what, "neither a name nor an address");
    }
}

/// The password would go over a line that anybody can read.
void check_line(const target& what) {
    if (what.through.kind == proxy::protocol::https) {
        refuse_to_ask(what, "this kind of proxy wants TLS: use tls::tunnel()");
    }
}

void check_user(const target& what) {
    const proxy& through = what.through;
    const auto has = [](const std::string& text, char c) {
        return text.find(c) != std::string::npos;
    };
    if (through.user.size() > 255 || through.password.size() > 255) {
        refuse_to_ask(what, "user and password have at most 255 characters");
    }
    if (has(through.user, '\0')) refuse_to_ask(what, "a NUL in the user");
    if (through.kind == proxy::protocol::http && has(through.user, ':')) {
        refuse_to_ask(what, "HTTP has no users with a colon");
    }
}

void check_fields(const target& what) {
    for (const auto& [name, value] : what.through.fields) {
        const bool is_token = !name.empty() && is_plain(name) &&
                              name.find_first_of("()<>@,;:\\\"/[]?={}") == std::string::npos;
        if (!is_token) refuse_to_ask(what, quoted(name) + " is no name of a field");
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            refuse_to_ask(what, "a line break in the field " + name);
        }
    }
}

}  // namespace

std::string target::to_string() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? '[' + host + ']' : escaped(host)) + ':' + std::to_string(port);
}

std::system_error target::refused(std::errc why, const std::string& what_it_said) const {
    return {std::make_error_code(why), doing(*this) + ": " + what_it_said};
}

protocol_error target::garbled(const std::string& what_it_said) const {
    return protocol_error(doing(*this) + ": " + what_it_said);
}

}  // namespace detail

task<stream> tunnel(stream line, proxy through, std::string host, std::uint16_t port) {
    const detail::target to{net::ascii_host(host), port, through};
    detail::check_line(to);
    detail::check_host(to);
    detail::check_user(to);
    detail::check_fields(to);
    std::string too_far;
    switch (through.kind) {
        case proxy::protocol::http:
        case proxy::protocol::https:
            too_far = co_await detail::http_connect(line, to);
            break;
        case proxy::protocol::socks4:
        case proxy::protocol::socks4a:
            co_await detail::socks4(line, to);
            break;
        case proxy::protocol::socks5:
        case proxy::protocol::socks5h:
            co_await detail::socks5(line, to);
            break;
    }
    co_return unread(std::move(line), std::move(too_far));
}

}  // namespace zocalo::io
