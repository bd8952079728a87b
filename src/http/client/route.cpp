// SPDX-License-Identifier: MIT
// What leads to an origin is decided by the options, which never change: so it is made once.
#include <stdexcept>

#include "http/client/core.hpp"
#include "http/client/place.hpp"
#include "http/client/pool_key.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t most_routes = 1000;
/// The origin is still there.
constexpr timeout patience_elsewhere = std::chrono::seconds(5);

bool is_http(const io::proxy& through) noexcept {
    return through.kind == io::proxy::protocol::http || through.kind == io::proxy::protocol::https;
}

/// What is offered to a server of https:// (ALPN); nothing where the context knows it.
std::vector<std::string> offers(versions which, const tls::client_context& by) {
    if (which == versions::http_1_1) return {"http/1.1"};
    if (which == versions::http_1_0) return {"http/1.0", "http/1.1"};
    if (which == versions::http_2) return {"h2"};
    return by.alpn().empty() ? std::vector<std::string>{"h2", "http/1.1"}
                             : std::vector<std::string>();
}

versions version_of(const alternative_place& there) {
    return there.protocol == "h2" ? versions::http_2 : versions::http_1_1;
}

/// Another host and port; who has to be there stays the same (RFC 7838 §2.1).
void lead_to(const alternative_place& there, const url::origin& who, route_to& made) {
    const std::string port = std::to_string(there.port);
    made.where = net::host_port(url::host::parse(there.host).name(), there.port);
    made.how.server_name = who.host().name();
    made.how.within = shorter(made.how.within, patience_elsewhere);
    made.alternative = there.host + ':' + port;
}

}  // namespace

shared_route client_core::route_for(const url::origin& who, const route_wish& wish) {
    const auto known = routes_.find({who, wish});
    if (known != routes_.end()) return known->second;
    if (routes_.size() >= most_routes) routes_.clear();
    shared_route made = std::make_shared<const route_to>(make_route(who, wish));
    routes_.emplace(std::pair(who, wish), made);
    return made;
}

/// A proxy that is asked for the URL itself is told of nothing else (RFC 9112 §3.2.2).
route_to client_core::make_route(const url::origin& who, const route_wish& wish) {
    const bool is_elsewhere = !wish.instead.host.empty();
    const versions which = is_elsewhere ? version_of(wish.instead) : wish.which;
    const io::proxy* const through = options.proxies.find(who);
    const bool is_secure = who.scheme() == "https";
    const bool is_told = through != nullptr && is_http(*through) && !is_secure && !wish.tunnel;
    const bool has_tls = through != nullptr && through->kind == io::proxy::protocol::https;
    route_to made{.where = net::host_port(who.host().name(), who.port()),
                  .how = {},
                  .key = {},
                  .told = is_told ? through : nullptr,
                  .usual = {},
                  .free = {},
                  .which = which,
                  .alternative = {},
                  .meeting = {}};
    made.how.connect = options.connect;
    made.how.within = options.connect_within;
    if (is_told) {
        if (which == versions::http_2) {
            std::string why = "HTTP/2 by prior knowledge and a proxy that is told the URL: ";
            throw std::invalid_argument(why + through->to_string());
        }
        made.where = net::host_port(through->host, through->port);
        if (has_tls) made.how.tls = proxy_tls();
    } else {
        if (through != nullptr) made.how.proxies = {*through};
        made.how.over_proxy = options.over_proxy;
        if (has_tls) made.how.proxy_tls = proxy_tls();
        if (is_secure) made.how.tls = wish.shows_certificate ? tls() : tls().without_credentials();
    }
    if (is_elsewhere) lead_to(wish.instead, who, made);
    if (made.how.tls && is_secure) made.how.alpn = offers(which, *made.how.tls);
    made.key = pool_key(made.where, made.how);
    if (options.unix_socket) made.key += options.unix_socket->to_string();
    const bool is_known = which == versions::http_2 && !is_secure;
    if (is_known) made.key += "prior knowledge";
    if (is_elsewhere) made.key += "instead of " + who.to_string();
    // Whoever it is for, the connection is that user's.
    if (is_told) made.key += "told " + through->user + '\0' + through->password;
    made.usual.add("Host", host_field(who));
    if (is_elsewhere) made.usual.add("Alt-Used", made.alternative);
    add_usual(made.usual);
    made.free = pool->places_at(made.where);
    if (which == versions::http_2 || (which == versions::any && is_secure))
        made.meeting = pool->meeting_at(made.key);
    return made;
}

void client_core::add_usual(http::fields& to) const {
    for (const field each : options.fields) {
        if (!to.contains(each.name)) to.add(each.name, each.value);
    }
    if (options.introduce && !to.contains("User-Agent")) to.add("User-Agent", "zocalo");
    if (options.introduce && !to.contains("Accept")) to.add("Accept", "*/*");
    if (options.decode && !to.contains("Accept-Encoding") && !to.contains("Range"))
        to.add("Accept-Encoding", "gzip, deflate, br, zstd");
}

}  // namespace zocalo::http::detail
