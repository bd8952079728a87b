// SPDX-License-Identifier: MIT
// Whatever the client has said about its connection goes first, and what we know of it is added
// afterwards: so no list in Connection can take out what we say.
#include "http/proxy/passed_fields.hpp"

#include <algorithm>
#include <array>

#include "http/lists.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

namespace {

/// Who a request is from. Programs behind CGI and its kin read `_` as `-`.
bool tells_where_from(std::string_view name) {
    constexpr std::array<std::string_view, 8> known{
        "Forwarded",        "X-Forwarded-For",    "X-Forwarded-Proto",  "X-Forwarded-Host",
        "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Real-IP"};
    std::string plain(name);
    std::ranges::replace(plain, '_', '-');
    return std::ranges::any_of(known,
                               [&](std::string_view each) { return same_name(each, plain); });
}

void append(fields& to, std::string_view name, std::string_view more) {
    std::string all = to.joined(name);
    if (!all.empty()) all += ", ";
    all += more;
    to.set(name, all);
}

std::string quoted_when_needed(std::string_view text) {
    return is_token(text) ? std::string(text) : "\"" + std::string(text) + "\"";
}

/// An address as RFC 7239 §6 has it.
std::string node_of(const net::endpoint& peer) {
    if (!peer.is_inet()) return "unknown";
    const net::address ip = peer.ip().unmapped();
    return ip.is_v6() ? "\"[" + ip.with_scope(0).to_string() + "]\"" : ip.to_string();
}

bool is_believed(const net::endpoint& peer, const reverse_proxy_options& how) {
    if (!peer.is_inet()) return false;
    const net::address ip = peer.ip().unmapped();
    return std::ranges::any_of(how.trusted,
                               [&](const net::network& each) { return each.contains(ip); });
}

/// A host that has nothing in it which a quoted string could end at.
bool is_plain_host(std::string_view host) noexcept {
    return !host.empty() && host.find_first_of("\"\\") == std::string_view::npos;
}

void introduce(fields& to, const exchange& asked) {
    const serve::peer& who = asked.client().peer();
    const std::string_view scheme = asked.is_secure() ? "https" : "http";
    const std::string_view host = asked.authority();
    const std::string ip =
        who.address.is_inet() ? who.address.ip().unmapped().with_scope(0).to_string() : "unknown";
    append(to, "X-Forwarded-For", ip);
    if (!to.contains("X-Forwarded-Proto")) to.add("X-Forwarded-Proto", scheme);
    std::string line = "for=" + node_of(who.address);
    if (is_plain_host(host)) {
        if (!to.contains("X-Forwarded-Host")) to.add("X-Forwarded-Host", host);
        line += ";host=" + quoted_when_needed(host);
    }
    line += ";proto=";
    line += scheme;
    append(to, "Forwarded", line);
}

}  // namespace

/// With content it would be begun with what is of HTTP.
std::string_view wanted_protocol(const exchange& asked, const reverse_proxy_options& how) {
    const fields& request = asked.request().fields;
    if (asked.request().method == method::connect) return asked.request().protocol;
    if (asked.has_content() || asked.announced() || !request.lists("Connection", "upgrade"))
        return {};
    for (const std::string& each : how.upgrades) {
        if (request.lists("Upgrade", each)) return each;
    }
    return {};
}

bool is_of_the_connection(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 12> known{"Connection",
                                                     "Keep-Alive",
                                                     "Proxy-Connection",
                                                     "Proxy-Authenticate",
                                                     "Proxy-Authorization",
                                                     "Proxy-Authentication-Info",
                                                     "TE",
                                                     "Transfer-Encoding",
                                                     "Content-Length",
                                                     "Upgrade",
                                                     "HTTP2-Settings",
                                                     "Expect"};
    return std::ranges::any_of(known, [&](std::string_view each) { return same_name(each, name); });
}

fields end_to_end(const fields& from) {
    fields to;
    const std::string named = from.joined("Connection");
    for (const field each : from) {
        if (!is_of_the_connection(each.name) && !has_member(named, each.name))
            to.add(each.name, each.value);
    }
    return to;
}

fields fields_for_upstream(const exchange& asked, const reverse_proxy_options& how,
                           std::string_view host) {
    const request_head& request = asked.request();
    const bool is_known = is_believed(asked.client().peer().address, how);
    fields to;
    if (!host.empty()) to.add("Host", host);
    for (const field each : end_to_end(request.fields)) {
        const bool is_claim = !is_known && tells_where_from(each.name);
        if (!is_claim && !same_name(each.name, "Host")) to.add(each.name, each.value);
    }
    introduce(to, asked);
    append(to, "Via", via_line(request.version, how.name));
    const std::string_view protocol = wanted_protocol(asked, how);
    if (!protocol.empty()) {
        to.set("Connection", "Upgrade");
        to.set("Upgrade", protocol);
    } else if (request.fields.lists("TE", "trailers")) {
        to.set("Connection", "TE");
        to.set("TE", "trailers");
    }
    return to;
}

fields trailers_for_upstream(const fields& from) {
    fields to;
    for (const field each : end_to_end(from)) {
        if (!tells_where_from(each.name)) to.add(each.name, each.value);
    }
    return to;
}

void fields_for_client(const fields& from, std::string_view via, fields& to) {
    for (const field each : end_to_end(from))
        to.add(each.name, each.value);
    append(to, "Via", via);
}

std::string via_line(version spoken, std::string_view name) {
    std::string line(to_text(spoken).substr(std::string_view("HTTP/").size()));
    line += ' ';
    return line += name;
}

bool has_passed(const fields& request, std::string_view name) noexcept {
    for (const field each : request) {
        if (!same_name(each.name, "Via")) continue;
        for (std::string_view rest = each.value; !rest.empty();) {
            std::string_view one = take_until(rest, ',');
            take_until(one, ' ');
            if (same_name(take_until(one, ' '), name)) return true;
        }
    }
    return false;
}

}  // namespace zocalo::http::detail
