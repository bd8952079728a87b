// SPDX-License-Identifier: MIT
#include "serve/guarding.hpp"

#include <CLI/CLI.hpp>

#include "duration.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/network.hpp"

namespace zocalo::program {

namespace {

constexpr std::string_view local_proxies = "unix";
constexpr std::size_t most = 1'000'000;

std::string check_proxy(const std::string& text) {
    const bool is_one = text == local_proxies || net::network::try_parse(text);
    return is_one ? std::string() : "neither a network nor unix: " + quoted(text);
}

void add_count_options(CLI::App& command, guarding_request& request) {
    command
        .add_option("-m,--max-conns", request.connections,
                    "At most so many at once; the one that has rested longest makes place")
        ->check(CLI::Range(std::size_t{1}, most))
        ->capture_default_str()
        ->group("Server");
    const auto add = [&command](const char* name, auto& into, const char* about) {
        command.add_option(name, into, about)
            ->check(CLI::Range(std::size_t{0}, most))
            ->type_name("NUMBER")
            ->group("Server");
    };
    add("--per-address", request.per_address,
        "Of them from one IPv4 address or IPv6 /64; 256, or any number (0) where only this machine "
        "can connect");
    add("--accept-rate", request.accept_rate,
        "New connections in a second; others wait. 0, which is usual, is any number");
    add("--address-rate", request.address_rate,
        "The same from one address, ten seconds' worth at once; others are turned away");
}

}  // namespace

void add_guarding_options(CLI::App& command, guarding_request& request) {
    add_count_options(command, request);
    add_duration(command, "--idle", request.idle,
                 "Clients that neither send nor take anything for so long have to go; 60 s")
        ->group("Server");
    add_duration(command, "--drain", request.drain,
                 "In the end, those who are being answered have so long; 30 s")
        ->group("Server");
    command
        .add_option("--proxy-protocol", request.proxies,
                    "Proxies at these addresses say first whom they speak for (HAProxy's PROXY "
                    "protocol, 1 and 2), and are believed; unix: those at our Unix sockets")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(check_proxy)
        ->type_name("NETWORK|unix,...")
        ->group("Listeners");
    command
        .add_option("--hand-over", request.hand_over,
                    "A Unix socket: take the ports over from the server that waits there, which "
                    "sees its clients to their end, and wait there for the next one")
        ->type_name("PATH")
        ->group("Server");
}

serve::limits limits_of(const guarding_request& request, bool is_for_here) {
    serve::limits limits;
    limits.connections = request.connections;
    // Whoever sits at this machine may have all of them, and then the one that rests makes place.
    if (is_for_here && request.proxies.empty()) limits.per_address = 0;
    limits.per_address = request.per_address.value_or(limits.per_address);
    limits.accept_rate = request.accept_rate;
    limits.address_rate = request.address_rate;
    limits.idle = request.idle;
    limits.drain = request.drain;
    return limits;
}

serve::proxy_options proxies_of(const guarding_request& request) {
    serve::proxy_options proxies;
    for (const std::string& each : request.proxies) {
        if (each == local_proxies) {
            proxies.from_local = true;
        } else {
            proxies.from.push_back(net::network::parse(each));
        }
    }
    return proxies;
}

}  // namespace zocalo::program
