// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/interface.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;

struct interfaces_request {
    std::vector<std::string> names;
    bool v4 = false;
    bool v6 = false;
    bool up = false;

    [[nodiscard]] bool wants(const net::interface_address& address) const {
        return v4 == v6 || address.ip.is_v4() == v4;
    }
};

std::vector<net::interface> chosen(const interfaces_request& request) {
    for (const auto& name : request.names)
        (void)net::if_nametoindex(name);  // an unknown one is an error that names it
    std::vector<net::interface> all = net::interfaces();
    std::erase_if(all, [&](const net::interface& one) {
        const bool named = std::ranges::find(request.names, one.name) != request.names.end();
        return (!request.names.empty() && !named) ||
               (request.up && !has(one.flags, net::interface_flag::up));
    });
    return all;
}

json json_of(const net::interface_address& address) {
    json result{{"address", address.ip.to_string()},
                {"prefix", address.prefix},
                {"network", address.network().to_string()},
                {"scope", to_string(address.scope)},
                {"temporary", address.temporary},
                {"deprecated", address.deprecated},
                {"tentative", address.tentative}};
    if (address.broadcast) result["broadcast"] = address.broadcast->to_string();
    if (address.peer) result["peer"] = address.peer->to_string();
    return result;
}

json json_of(const net::interface& one, const interfaces_request& request) {
    json result{{"index", one.index},
                {"name", escaped(one.name)},
                {"state", to_string(one.state)},
                {"mtu", one.mtu},
                {"hardware_type", one.hardware_type},
                {"flags", names_of(one.flags)},
                {"addresses", json::array()}};
    if (one.hardware) result["hardware"] = one.hardware->to_string();
    for (const auto& address : one.addresses) {
        if (request.wants(address)) result["addresses"].push_back(json_of(address));
    }
    return result;
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

std::string line_of(const net::interface_address& address) {
    std::string line =
        fmt::format("      {}/{}", address.ip.with_scope(0).to_string(), address.prefix);
    if (address.peer) line += " peer " + address.peer->to_string();
    if (address.broadcast) line += " broadcast " + address.broadcast->to_string();
    line += " scope " + to_string(address.scope);
    if (address.temporary) line += " temporary";
    if (address.deprecated) line += " deprecated";
    if (address.tentative) line += " tentative";
    return line;
}

void print(const net::interface& one, const interfaces_request& request) {
    std::cout << fmt::format("{:>3}  {:<15}  {:<8}  mtu {:<6}  {}\n", one.index, escaped(one.name),
                             to_string(one.state), one.mtu,
                             one.hardware ? one.hardware->to_string() : "");
    std::cout << "      " << joined(names_of(one.flags)) << '\n';
    for (const auto& address : one.addresses) {
        if (request.wants(address)) std::cout << line_of(address) << '\n';
    }
}

void list(const interfaces_request& request, const context& shared) {
    const auto all = chosen(request);
    if (!shared.json) {
        for (const auto& one : all)
            print(one, request);
        return;
    }
    json document = json::array();
    for (const auto& one : all)
        document.push_back(json_of(one, request));
    std::cout << document.dump(2) << '\n';
}

}  // namespace

void add_interfaces(CLI::App& program, context& shared) {
    auto& command =
        new_command(program, shared, "interfaces",
                    "List the network interfaces with their addresses, state and flags",
                    {{"interfaces", "all of them"},
                     {"interfaces -4 --up", "those that are switched on, IPv4 addresses only"},
                     {"interfaces --json lo", "one of them, for programs"}});
    const auto request = std::make_shared<interfaces_request>();
    command.add_option("name", request->names, "Only these interfaces");
    command.add_flag("-4", request->v4, "IPv4 addresses only");
    command.add_flag("-6", request->v6, "IPv6 addresses only")->excludes("-4");
    command.add_flag("--up", request->up, "Only interfaces that are switched on");
    add_json_option(command, shared);
    command.callback([request, &shared] { list(*request, shared); });
}

}  // namespace zocalo::program
