// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "duration.hpp"
#include "frame.hpp"
#include "ping_statistics.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/net/packet/arp_scan.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using net::packet::arp_neighbour;
using net::packet::arp_scan;

struct scan_request {
    std::string interface;
    std::string network;
    net::packet::arp_scan_options options;
};

/// What the interface's own address says about the network, where the command line says nothing.
net::network network_of(const std::string& name) {
    const auto index = net::if_nametoindex(name);
    for (const net::interface& one : net::interfaces()) {
        if (one.index != index) continue;
        for (const net::interface_address& own : one.addresses) {
            if (own.ip.is_v4()) return own.network();
        }
    }
    throw std::invalid_argument("interface " + quoted(name) +
                                " has no IPv4 address: say which network to scan");
}

std::string line_of(const arp_neighbour& found) {
    return fmt::format("{:<15}  {}  {:.3f} ms{}", found.ip.to_string(), found.hardware.to_string(),
                       milliseconds_of(found.round_trip),
                       found.is_contested ? "  (another card has the same address)" : "");
}

nlohmann::json json_of(const arp_neighbour& found) {
    return {{"address", found.ip.to_string()},
            {"hardware", found.hardware.to_string()},
            {"milliseconds", milliseconds_of(found.round_trip)},
            {"contested", found.is_contested}};
}

void scan(const scan_request& request, const context& shared) {
    const net::stop_signal ctrl_c;
    const net::network where = request.network.empty() ? network_of(request.interface)
                                                       : net::network::parse(request.network);
    arp_scan asking{request.interface, where, request.options};
    asking.stop_with(ctrl_c);
    say(shared, 1, fmt::format("asking for {} addresses of {}", asking.size(), where.to_string()));
    std::uint64_t count = 0;
    while (const auto found = asking.next()) {
        ++count;
        std::cout << (shared.json ? json_of(*found).dump() : line_of(*found)) << std::endl;
    }
    std::cerr << fmt::format("zocalo: {} answered of {} that were asked\n", count, asking.size());
}

}  // namespace

void add_frame_scan(CLI::App& frame, context& shared) {
    auto& command = new_command(
        frame, shared, "scan", "Find the machines on a link: ask for every address by ARP",
        {{"frame scan -i eth0", "the interface's own network"},
         {"frame scan -i eth0 192.0.2.0/28", "another one on the same link"},
         {"frame scan -i eth0 --json 192.0.2.1", "one address, for programs"}});
    const auto request = std::make_shared<scan_request>();
    command.add_option("-i,--interface", request->interface, "The card to ask through")->required();
    command.add_option("network", request->network,
                       "Whom to ask for, IPv4; the interface's own network if not given");
    command.add_option("-r,--rounds", request->options.rounds, "Ask the silent ones so often")
        ->check(CLI::Range(1, 10))
        ->capture_default_str();
    add_duration(command, "-W,--wait", request->options.wait,
                 "For answers, after each round; 500 ms");
    add_json_option(command, shared);
    command.callback([request, &shared] { scan(*request, shared); });
}

}  // namespace zocalo::program
