// SPDX-License-Identifier: MIT
#include "serve/status.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "serve/monitor.hpp"
#include "serve/pages.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/event_sender.hpp"
#include "zocalo/http/filters.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/serve/metrics.hpp"

namespace zocalo::program {

namespace {

using json = nlohmann::json;
using options_ptr = std::shared_ptr<const status_options>;

constexpr std::size_t most_visitors = 100;

/// Who asks for somebody else is not who connects.
bool is_forwarded(const http::fields& asked) {
    constexpr std::string_view family = "X-Forwarded-";
    return std::ranges::any_of(asked, [family](const http::field& each) {
        return http::same_name(each.name, "Forwarded") || http::same_name(each.name, "Via") ||
               http::same_name(each.name, "X-Real-IP") ||
               http::same_name(each.name.substr(0, family.size()), family);
    });
}

/// From an address of this host only it can come itself; what a proxy says of one is not that.
bool is_this_host(const net::address& peer, const serve::connection& client) {
    if (client.peer().proxy) return false;
    const net::endpoint local = client.local_endpoint();
    return peer.is_loopback() || (local.is_inet() && local.ip() == peer);
}

bool may_see(const http::exchange& asked, const status_options& options) {
    const net::endpoint& peer = asked.client().peer().address;
    if (!peer.is_inet() || is_forwarded(asked.request().fields)) return false;
    if (!http::is_own_host(asked.authority(), options.names)) return false;
    const net::address ip = peer.ip();
    return is_this_host(ip, asked.client()) ||
           std::ranges::any_of(options.also_for,
                               [&](const net::network& each) { return each.contains(ip); });
}

json to_json(const monitor::state& state, const status_options& options) {
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    json all{{"time", now.time_since_epoch().count()},
             {"open", state.open},
             {"accepted", state.accepted},
             {"requests", state.requests},
             {"received", state.received},
             {"sent", state.sent}};
    all["listeners"] = json::array();
    for (const listener& each : options.listeners)
        all["listeners"].push_back({{"protocol", each.protocol}, {"where", each.where}});
    all["visitors"] = json::array();
    for (const monitor::visitor& each : state.visitors)
        all["visitors"].push_back({{"number", each.number},
                                   {"peer", each.peer},
                                   {"protocol", each.protocol},
                                   {"since", each.since.time_since_epoch().count()},
                                   {"requests", each.requests},
                                   {"received", each.received},
                                   {"sent", each.sent}});
    all["errors"] = json::array();
    for (const monitor::error& each : state.errors)
        all["errors"].push_back(
            {{"time", each.when.time_since_epoch().count()}, {"text", escaped(each.text, 500)}});
    return all;
}

json history(const monitor& watched) {
    json all = json::array();
    for (const monitor::sample& each : watched.history())
        all.push_back({{"time", each.when.time_since_epoch().count() * 1000},
                       {"requests", each.requests},
                       {"sent", each.sent},
                       {"open", each.open}});
    return all;
}

/// `looks_back`: with what happened before, for charts that begin with it.
std::string snapshot(const status_options& options, bool looks_back) {
    json all = to_json(options.watched.now(most_visitors), options);
    if (looks_back) all["history"] = history(options.watched);
    return all.dump(-1, ' ', true, json::error_handler_t::replace);
}

/// The page is made of files of its own, and may load nothing else.
void answer_file(http::exchange& asked, std::string_view text, std::string_view type) {
    http::fields& head = asked.response().fields;
    head.set("Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
             "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    head.set("Cache-Control", "no-store").set("X-Content-Type-Options", "nosniff");
    asked.reply(text, type);
}

/// One event in a second, until the client goes or the server stops.
io::task<> tell_events(http::event_sender& to, const status_options& options) {
    for (bool is_first = true;; is_first = false) {
        http::server_event next;
        next.data = snapshot(options, is_first);
        co_await to.send(next);
        co_await io::sleep(std::chrono::seconds(1));
    }
}

io::task<> send_events(http::exchange& asked, options_ptr options) {
    return http::send_events(asked, [options = std::move(options)](http::event_sender& to) {
        return tell_events(to, *options);
    });
}

/// Nothing of it to anybody else.
template <class Answer>
auto guarded(options_ptr options, Answer answer) {
    return [options = std::move(options), answer = std::move(answer)](http::exchange& asked) {
        if (!may_see(asked, *options)) throw http::status_error(http::status::forbidden);
        return answer(asked);
    };
}

}  // namespace

bool is_status(std::string_view path) noexcept {
    return path.starts_with("/.zocalo/");
}

void add_status(http::site& to, const status_options& options) {
    const auto kept = std::make_shared<const status_options>(options);
    const auto add_file = [&](const char* path, std::string_view text, std::string_view type) {
        to.routes.get(path, guarded(kept, [text, type](http::exchange& asked) {
                          answer_file(asked, text, type);
                      }));
    };
    add_file("/.zocalo/", pages::status_html, "text/html; charset=utf-8");
    add_file("/.zocalo/palette.css", pages::palette_css, "text/css; charset=utf-8");
    add_file("/.zocalo/status.css", pages::status_css, "text/css; charset=utf-8");
    add_file("/.zocalo/status.js", pages::status_js, "text/javascript; charset=utf-8");
    to.routes.get("/.zocalo/status.json", guarded(kept, [kept](http::exchange& asked) {
                      answer_file(asked, snapshot(*kept, true) + "\n", "application/json");
                  }));
    to.routes.get("/.zocalo/events", guarded(kept, [kept](http::exchange& asked) {
                      return send_events(asked, kept);
                  }));
    if (!options.counters) return;
    to.routes.get("/.zocalo/metrics", guarded(kept, [kept](http::exchange& asked) {
                      asked.reply(serve::to_prometheus(kept->counters(), "zocalo") +
                                      kept->watched.to_prometheus(),
                                  "text/plain; version=0.0.4");
                  }));
}

}  // namespace zocalo::program
