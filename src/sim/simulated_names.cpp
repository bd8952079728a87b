// SPDX-License-Identifier: MIT
#include "sim/simulated_names.hpp"

#include <algorithm>
#include <chrono>

#include "sim/machine.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::sim::detail {

namespace {

/// Three tries of one server, each with twice the time, as the real resolver has them.
constexpr std::chrono::seconds tries[] = {std::chrono::seconds(2), std::chrono::seconds(4),
                                          std::chrono::seconds(8)};

}  // namespace

io::task<net::dns::answer> simulated_names::ask(std::string name, net::dns::type which,
                                                const io::resolver_options& /*how*/) {
    const std::string what = to_text(which) + " of " + quoted(name);
    for (const std::chrono::seconds each : tries) {
        const time_point until = machine_.in.now + each;
        const bool answered = co_await reach_server();
        if (answered) {
            machine_.note_text("looked up " + what);
            co_return machine_.in.names.answer(name, which);
        }
        machine_.note_text("no name server answers about " + what);
        co_await io::sleep_until(until);
    }
    throw std::system_error(net::name_errc::again, "look up " + what);
}

io::task<bool> simulated_names::reach_server() {
    universe& in = machine_.in;
    if (!in.names.is_served) co_return false;
    const machine* const server = in.names.server;
    if (server == nullptr) {
        const link& way = in.options.usual_link;
        co_await io::sleep(2 * way.latency + in.chance.up_to(2 * way.jitter));
        co_return true;
    }
    const std::optional<nanoseconds> there = in.net.trip(machine_, *server);
    if (!there) co_return false;
    co_await io::sleep(*there);
    if (!server->has_power()) co_return false;
    const std::optional<nanoseconds> back = in.net.trip(*server, machine_);
    if (!back) co_return false;
    co_await io::sleep(*back);
    co_return true;
}

namespace {

/// What a host says of itself, to somebody who does not listen on: below `local` (RFC 6762 §3), and
/// for no longer than 10 s (§6.7).
net::dns::answer self_description(const machine& one, const std::string& asked,
                                  net::dns::type which) {
    constexpr std::chrono::seconds longest_ttl{10};
    name_table own;
    own.set(one.name + ".local", one.addresses);
    net::dns::answer said = own.answer(asked, which);
    said.ttl = longest_ttl;
    for (net::dns::record& each : said.records)
        each.ttl = longest_ttl;
    return said;
}

}  // namespace

std::optional<simulated_names::heard> simulated_names::first_of_all(const std::string& name,
                                                                    net::dns::type which) {
    /// Who has the name, but no such record, may have one on another interface.
    constexpr std::chrono::milliseconds grace{250};
    universe& in = machine_.in;
    std::optional<heard> first;
    for (const auto& each : in.machines) {
        if (!each->has_power()) continue;
        net::dns::answer said = self_description(*each, name, which);
        if (said.status == net::dns::status::no_name) continue;
        const std::optional<nanoseconds> there = in.net.trip(machine_, *each);
        const std::optional<nanoseconds> back = in.net.trip(*each, machine_);
        if (!there || !back) continue;
        const bool is_answer = said.status == net::dns::status::found;
        const time_point at = in.now + *there + *back + (is_answer ? nanoseconds{} : grace);
        if (!first || at < first->at) first = heard{std::move(said), at};
    }
    return first;
}

/// The question goes out at once, and again after 1 s, 2 s, 4 s... up to an hour (§5.2). Of records
/// that several may have all are waited for.
io::task<net::dns::answer> simulated_names::hear_neighbours(std::string name, net::dns::type which,
                                                            time_point until) {
    const universe& in = machine_.in;
    machine_.note_text("asked everybody for " + to_text(which) + " of " + quoted(name));
    nanoseconds interval = std::chrono::seconds(1);
    while (in.now < until) {
        const time_point next = until - in.now < interval ? until : in.now + interval;
        const std::optional<heard> first = first_of_all(name, which);
        const bool comes = first && first->at <= until;
        if (comes) {
            co_await io::sleep_until(which == net::dns::type::ptr ? until : first->at);
            co_return first->what;
        }
        co_await io::sleep_until(next);
        interval = std::min<nanoseconds>(2 * interval, std::chrono::hours(1));
    }
    co_return name_table().answer(name, which);
}

std::optional<io::task<net::dns::answer>> simulated_names::ask_neighbours(const std::string& name,
                                                                          net::dns::type which,
                                                                          nanoseconds patience) {
    const time_point now = machine_.in.now;
    const bool is_finite = patience < time_point::max() - now;
    return hear_neighbours(name, which, is_finite ? now + patience : time_point::max());
}

std::optional<net::address> simulated_names::source_for(const net::address& to) {
    if (!machine_.has_power()) return std::nullopt;
    const net::endpoint from = machine_.net->source_for({to, 0});
    return from.size() == 0 ? std::nullopt : std::optional(from.ip());
}

}  // namespace zocalo::sim::detail
