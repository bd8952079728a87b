// SPDX-License-Identifier: MIT
#include "http/proxy/proxy_core.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "http/client/place.hpp"
#include "http/proxy/target.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::string_view known_http_2 = "h2c://";

/// The URL of an upstream, which is an origin and a path.
url::uri read_upstream(std::string_view text) {
    std::string plain(text);
    if (plain.starts_with(known_http_2)) plain.replace(0, known_http_2.size(), "http://");
    url::uri all = url::uri::parse(plain);
    const auto refuse = [&](const char* why) {
        throw std::invalid_argument("upstream " + quoted(all.to_string()) + ": " + why);
    };
    if (!all.has_scheme("http") && !all.has_scheme("https")) refuse("neither http nor https");
    if (all.host().empty()) refuse("no host");
    if (all.user_info()) refuse("a user");
    if (all.query() || all.fragment()) refuse("more than a path");
    if (has_dot_segment(all.path())) refuse("a path with dots");
    return all;
}

versions versions_of(std::string_view text, bool http_2) noexcept {
    if (text.starts_with(known_http_2)) return versions::http_2;
    return http_2 ? versions::any : versions::http_1_1;
}

std::string base_of(const url::uri& at) {
    std::string path(at.path());
    while (path.ends_with('/'))
        path.pop_back();
    return path;
}

reverse_proxy_options checked(reverse_proxy_options how) {
    if (how.upstreams.empty()) throw std::invalid_argument("a proxy without upstreams");
    if (how.attempts == 0) throw std::invalid_argument("a proxy that makes no attempt");
    if (!how.prefix.empty() && !how.prefix.starts_with('/'))
        throw std::invalid_argument("prefix " + quoted(how.prefix) + ": no path");
    while (how.prefix.ends_with('/'))
        how.prefix.pop_back();
    if (how.name.empty()) how.name = "zocalo-" + make_client_nonce().substr(0, 12);
    if (!is_token(how.name)) throw std::invalid_argument("no name: " + quoted(how.name));
    if (!how.health.path.starts_with('/'))
        throw std::invalid_argument("health path " + quoted(how.health.path) + ": no path");
    return how;
}

}  // namespace

// --- One upstream

upstream::upstream(std::string_view text, bool http_2)
    : url(text),
      origin(url::origin::of(read_upstream(text)).to_string()),
      base(base_of(read_upstream(text))),
      host(host_field(url::origin::of(read_upstream(text)))),
      versions(versions_of(text, http_2)) {}

bool upstream::is_out(io::time_point now) const noexcept {
    return is_sick() || now.time_since_epoch().count() < out_until_.load();
}

void upstream::note_failure(io::time_point now, const reverse_proxy_options& how) noexcept {
    ++failures;
    const unsigned in_a_row = ++in_a_row_;
    const auto pause = how.out.value();
    if (how.failures == 0 || in_a_row < how.failures || !pause) return;
    out_until_.store((now + *pause).time_since_epoch().count());
}

void upstream::note_check(bool was_good, const health_check_options& how) noexcept {
    good_checks_ = was_good ? good_checks_ + 1 : 0;
    bad_checks_ = was_good ? 0 : bad_checks_ + 1;
    if (bad_checks_ >= how.fall) is_sick_.store(true);
    if (good_checks_ == 0 || good_checks_ < how.rise) return;
    is_sick_.store(false);
    in_a_row_.store(0);
    out_until_.store(0);
}

// --- All of them

proxy_core::proxy_core(reverse_proxy_options how) : options(checked(std::move(how))) {
    for (const std::string& each : options.upstreams)
        upstreams.emplace_back(each, options.http_2);
    (void)http::client(how_to_ask());  // whether it can be made is known before it is used
}

/// One that is well goes before one that has failed of late; those that are sick are not asked.
upstream* proxy_core::choose(const std::vector<upstream*>& tried, io::time_point now) {
    const std::size_t first = next_++ % upstreams.size();
    upstream* best = nullptr;
    bool best_is_out = false;
    for (std::size_t i = 0; i < upstreams.size(); ++i) {
        upstream& each = upstreams[(first + i) % upstreams.size()];
        if (each.is_sick() || std::ranges::find(tried, &each) != tried.end()) continue;
        const bool is_out = each.is_out(now);
        const bool is_freer = options.balance == balance::least_connections && best != nullptr &&
                              is_out == best_is_out && each.active < best->active;
        const bool is_better = best == nullptr || is_freer || (best_is_out && !is_out);
        if (!is_better) continue;
        best = &each;
        best_is_out = is_out;
    }
    return best;
}

client_options proxy_core::how_to_ask() const {
    client_options how;
    how.tls = options.tls;
    how.connect = options.connect;
    how.decode = false;
    how.introduce = false;
    how.redirects = 0;
    how.connections = options.connections;
    how.connections_to_origin = options.connections_to_upstream;
    how.rest = options.rest;
    how.limits = options.limits;
    how.connect_within = options.connect_within;
    how.stall = options.stall;
    how.within = timeout::none();
    return how;
}

http::client& proxy_core::client() {
    const std::lock_guard lock(mutex_);
    const auto me = std::this_thread::get_id();
    const auto known = clients_.find(me);
    if (known != clients_.end()) return known->second;
    return clients_.emplace(me, http::client(how_to_ask())).first->second;
}

}  // namespace zocalo::http::detail
