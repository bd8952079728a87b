// SPDX-License-Identifier: MIT
// RFC 8305: one task looks the name up, one makes each connection, and one decides who starts when.
// All of them live in a scope, so that none outlives the race.
#include "io/connect_race.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "io/names/address_order.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/services.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::io::detail {

namespace {

net::family wanted_family(const connect_options& options) {
    if (options.max_attempts == 0) {
        throw std::invalid_argument("connect_options: max_attempts is 0");
    }
    if (!options.source) return options.family;
    const net::family source = options.source->family();
    if (options.family == net::family::unspecified || options.family == source) return source;
    throw std::invalid_argument("connect_options: the source " + options.source->to_string() +
                                " is not of the family that was asked for");
}

std::uint16_t port_of(const std::string& service) {
    if (const auto number = from_digits<std::uint16_t>(service)) return *number;
    return net::getservbyname(service, "tcp");
}

std::error_code ended(bool expired) {
    return std::make_error_code(expired ? std::errc::timed_out : std::errc::operation_canceled);
}

}  // namespace

connect_race::connect_race(const net::host_port& peer, const connect_options& options,
                           resolver& with, backend& engine)
    : report{.target = peer.to_string()},
      peer_(redirected(peer, options.exceptions)),
      options_(options),
      resolver_(with),
      engine_(engine),
      began_(engine.now()),
      wanted_(wanted_family(options)),
      port_(port_of(peer_.service())),
      held_until_(began_),
      next_start_(began_) {}

connect_race::time_point connect_race::since(zocalo::timeout span) const {
    const auto now = engine_.now();
    const auto value = span.value().value_or(std::chrono::nanoseconds::max());
    return value < time_point::max() - now ? now + value : time_point::max();
}

task<> connect_race::run() {
    try {
        co_await scope_.run(drive());
    } catch (const net::stopped& stop) {
        settle();
        throw net::stopped(stop.code(), report.summary());
    }
    settle();
    if (was_stopped_ && !winner && !expired_) throw net::stopped(ended(false), report.summary());
}

/// Starts what is due and waits for what comes, until it is decided.
task<> connect_race::drive() {
    const time_point until = since(options_.timeout);
    scope_.spawn(look_up());
    while (!is_decided()) {
        news_.reset();
        const time_point now = engine_.now();
        const time_point start = next_start().value_or(time_point::max());
        if (now >= until) {
            expired_ = true;
            break;
        }
        if (now >= start) {
            start_next();
        } else {
            const time_point alarm = std::min(until, start);
            co_await any(news_.wait(), sleep_until(alarm));
        }
    }
    scope_.cancel();
}

bool connect_race::has_more() const {
    return !waiting_.empty() && report.attempts.size() < options_.max_attempts;
}

bool connect_race::is_decided() const {
    if (winner || was_stopped_) return true;
    return lookup_over_ && !has_more() && running_ == 0;
}

/// When the next address may be tried, if there is one.
std::optional<connect_race::time_point> connect_race::next_start() const {
    if (!has_more()) return std::nullopt;
    return std::max(running_ == 0 ? began_ : next_start_, held_until_);
}

/// The families take turns (§4).
net::address connect_race::take_next() {
    auto next = std::ranges::find_if(
        waiting_, [this](const net::address& ip) { return ip.family() != last_tried_; });
    if (next == waiting_.end()) next = waiting_.begin();
    const net::address chosen = *next;
    waiting_.erase(next);
    last_tried_ = chosen.family();
    return chosen;
}

net::endpoint connect_race::source_for(const net::address& peer) const {
    if (options_.source) return {*options_.source, options_.local_port};
    if (options_.local_port == 0) return {};
    return {peer.is_v4() ? net::address::any_v4() : net::address::any_v6(), options_.local_port};
}

void connect_race::start_next() {
    const net::endpoint peer(take_next(), port_);
    next_start_ = since(options_.attempt_delay);
    report.attempts.push_back({.peer = peer,
                               .error = std::make_error_code(std::errc::operation_in_progress),
                               .started = engine_.now() - began_});
    ++running_;
    scope_.spawn(attempt(peer, report.attempts.size() - 1));
}

task<> connect_race::attempt(net::endpoint peer, std::size_t place) {
    std::error_code error;
    try {
        if (options_.admit && !options_.admit(peer.ip()))
            throw std::system_error(std::make_error_code(std::errc::permission_denied));
        awaitable<connect_operation> making(peer, source_for(peer.ip()), &options_.settings,
                                            options_.protocol);
        stream made = co_await making;
        if (winner) {
            error = ended(false);
        } else {
            winner = std::move(made);
        }
    } catch (const net::stopped&) {
        was_stopped_ = true;
        error = ended(expired_);
    } catch (const std::system_error& refusal) {
        error = refusal.code();
    }
    net::connect_attempt& mine = report.attempts[place];
    mine.error = error;
    mine.took = engine_.now() - began_ - mine.started;
    --running_;
    if (error) next_start_ = began_;  // the next one need not wait
    news_.set();
}

task<> connect_race::look_up() {
    try {
        const std::string& host = peer_.host();
        const auto ip =
            host.empty() ? net::address::any_v4() : net::address::try_parse_liberal(host);
        wanted_host wanted{ip ? ip->to_string() : host, wanted_, port_};
        co_await search_host(resolver_, std::move(wanted), *this);
    } catch (const net::stopped&) {
        was_stopped_ = true;  // run() tells why
    } catch (...) {
        lookup_error = std::current_exception();
    }
    lookup_over_ = true;
    held_until_ = began_;
    news_.set();
}

void connect_race::asking(const std::string& name) {
    for (const net::family each : {net::family::inet6, net::family::inet}) {
        if (wanted_ != net::family::unspecified && wanted_ != each) continue;
        report.lookups.push_back({.name = name,
                                  .family = each,
                                  .error = std::make_error_code(std::errc::operation_in_progress),
                                  .started = engine_.now() - began_});
    }
}

void connect_race::came(net::family of, std::vector<net::address> addresses,
                        const std::error_code& error) {
    auto asked = std::ranges::find_if(report.lookups, [of](const net::lookup_attempt& each) {
        return each.family == of && each.error == std::errc::operation_in_progress;
    });
    if (asked == report.lookups.end()) {  // nobody had to be asked
        asked = report.lookups.insert(asked, {.name = peer_.host(), .family = of, .error = {}});
    }
    asked->error = error;
    asked->found = addresses.size();
    asked->took = engine_.now() - began_ - asked->started;

    const bool others_may_come = of == net::family::inet && wanted_ == net::family::unspecified;
    const bool are_expected = std::ranges::any_of(report.lookups, [](const auto& each) {
        return each.error == std::errc::operation_in_progress;
    });
    held_until_ = others_may_come && are_expected ? since(options_.resolution_delay) : began_;
    for (const net::address& each : addresses) {
        if (std::ranges::find(waiting_, each) == waiting_.end()) waiting_.push_back(each);
    }
    sort_for_connecting(waiting_, engine_.names());
    news_.set();
}

/// What did not end is told as it stands.
void connect_race::settle() {
    report.took = engine_.now() - began_;
    for (net::lookup_attempt& each : report.lookups) {
        if (each.error != std::errc::operation_in_progress) continue;
        each.error = ended(expired_);
        each.took = report.took - each.started;
    }
    if (winner) return;
    if (expired_) {
        report.error = ended(true);
    } else if (!report.attempts.empty()) {
        const auto last = std::ranges::max_element(
            report.attempts, {}, [](const auto& each) { return each.started + each.took; });
        report.error = last->error;
    } else {
        report.error = ended(false);
    }
}

}  // namespace zocalo::io::detail
