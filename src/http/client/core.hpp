// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "http/client/login_memory.hpp"
#include "http/client/place.hpp"
#include "http/client/pool.hpp"
#include "zocalo/http/client.hpp"

namespace zocalo::http::detail {

/// Where else an origin is asked (RFC 7838).
struct alternative_place {
    std::string protocol = {};
    std::string host = {};
    std::uint16_t port = 0;
    friend auto operator<=>(const alternative_place&, const alternative_place&) = default;
};

/// What a request wants of its way that others do not.
struct route_wish {
    bool tunnel = false;             ///< see request::tunnel
    bool shows_certificate = false;  ///< ours, to a server that asks for it
    versions which = versions::any;
    alternative_place instead = {};  ///< of the origin; none when its host is empty
    friend auto operator<=>(const route_wish&, const route_wish&) = default;
};

/// What a client is made of; responses that are still read keep it alive.
struct client_core {
    explicit client_core(client_options from);

    const client_options options;
    const std::shared_ptr<connection_pool> pool;
    login_memory logins;
    /// Servers of https:// prove who they are, as one has; looked at with alternatives only.
    bool has_proof = false;
    /// How requests for that origin go, as the options have it.
    [[nodiscard]] shared_route route_for(const url::origin& who, const route_wish& wish);
    /// What that URL says; throws as place::of() does. The last one is remembered, for many
    /// programs ask for the same again and again, but not with its password.
    [[nodiscard]] shared_place place_at(const std::string& url);
    /// The best alternative that is known, for requests of those versions; none where the options
    /// say already how the origin is reached.
    [[nodiscard]] alternative_place alternative_of(const url::origin& who, versions which) const;
    /// What every request says, as far as it is not said yet.
    void add_usual(http::fields& to) const;
    /// For https, made when nothing else was given.
    [[nodiscard]] const tls::client_context& tls();
    [[nodiscard]] const tls::client_context& proxy_tls();

 private:
    [[nodiscard]] route_to make_route(const url::origin& who, const route_wish& wish);

    std::optional<tls::client_context> tls_;
    std::optional<tls::client_context> proxy_tls_;
    std::map<std::pair<url::origin, route_wish>, shared_route> routes_;
    std::string last_url_;
    shared_place last_place_;
};

}  // namespace zocalo::http::detail
