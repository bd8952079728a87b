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
constexpr std::chrono::seconds patience = std::chrono::seconds(2 + 4 + 8);

}  // namespace

io::task<net::dns::answer> simulated_names::ask(std::string name, net::dns::type which,
                                                const io::resolver_options& /*how*/) {
    universe& in = machine_.in;
    if (!in.names.is_served) {
        co_await io::sleep(patience);
        throw std::system_error(net::name_errc::again,
                                "look up " + to_text(which) + " of " + quoted(name));
    }
    const link& way = in.options.usual_link;
    co_await io::sleep(2 * way.latency + in.chance.up_to(2 * way.jitter));
    machine_.note_text("looked up " + to_text(which) + " of " + quoted(name));
    co_return in.names.answer(name, which);
}

std::optional<net::address> simulated_names::source_for(const net::address& to) {
    if (!machine_.has_power()) return std::nullopt;
    const net::endpoint from = machine_.net->source_for({to, 0});
    return from.size() == 0 ? std::nullopt : std::optional(from.ip());
}

}  // namespace zocalo::sim::detail
