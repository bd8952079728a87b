// SPDX-License-Identifier: MIT
#include "sim/simulated_names.hpp"

#include <chrono>

#include "sim/machine.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::sim::detail {

namespace {

/// Three tries of one server, each with twice the time, as the real resolver has them.
constexpr std::chrono::seconds patience[] = {std::chrono::seconds(2), std::chrono::seconds(4),
                                             std::chrono::seconds(8)};

}  // namespace

io::task<net::dns::answer> simulated_names::ask(std::string name, net::dns::type which,
                                                const io::resolver_options& /*how*/) {
    const std::string what = to_text(which) + " of " + quoted(name);
    for (const std::chrono::seconds each : patience) {
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

std::optional<net::address> simulated_names::source_for(const net::address& to) {
    if (!machine_.has_power()) return std::nullopt;
    const net::endpoint from = machine_.net->source_for({to, 0});
    return from.size() == 0 ? std::nullopt : std::optional(from.ip());
}

}  // namespace zocalo::sim::detail
