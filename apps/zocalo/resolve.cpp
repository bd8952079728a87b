// SPDX-License-Identifier: MIT
#include <fmt/core.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "command.hpp"
#include "duration.hpp"
#include "option_error.hpp"
#include "overrides.hpp"
#include "resolve_records.hpp"
#include "resolve_request.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/multicast_names.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/idna.hpp"
#include "zocalo/net/names.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/services.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;
using milliseconds = std::chrono::duration<double, std::milli>;

/// What became of one name.
struct answer {
    std::string name;
    std::string ascii;  // the IDNA form, where it differs
    std::vector<net::resolved> records;
    std::vector<std::string> reverse;  // one for each record, or none
    milliseconds took{};
    std::string error;
};

net::lookup_hints hints_of(const resolve_request& request) {
    net::lookup_hints hints{.flags = net::lookup_flag::canonical_name};
    if (request.v4 != request.v6) {
        hints.family = request.v4 ? net::family::inet : net::family::inet6;
    }
    if (request.type == "stream") hints.type = net::type::stream;
    if (request.type == "datagram") hints.type = net::type::datagram;
    if (request.type == "raw") hints.type = net::type::raw;
    if (request.numeric) hints.flags |= net::lookup_flag::numeric_host;
    if (request.passive) hints.flags |= net::lookup_flag::passive;
    if (request.configured) hints.flags |= net::lookup_flag::address_config;
    if (request.mapped) {
        hints.family = net::family::inet6;
        hints.flags |= net::lookup_flag::v4_mapped | net::lookup_flag::all;
    }
    return hints;
}

std::optional<std::uint16_t> port_of(const std::string& service) {
    if (service.empty()) return std::nullopt;
    const auto number = from_digits<std::uint16_t>(service);
    return number ? number : net::try_getservbyname(service);
}

/// Known addresses of a name, each as the system sees it.
std::vector<net::resolved> as_resolved(const std::vector<net::address>& known,
                                       const std::string& name, const resolve_request& request,
                                       const net::lookup_hints& hints) {
    std::vector<net::resolved> all;
    for (const net::address& ip : known) {
        if (hints.family != net::family::unspecified && hints.family != ip.family()) continue;
        auto found = net::getaddrinfo(ip.to_string(), request.service, hints);
        for (net::resolved& each : found)
            each.canonical_name = name;
        all.insert(all.end(), found.begin(), found.end());
    }
    return all;
}

/// What --resolve says, or nothing.
std::vector<net::address> overridden(const std::string& name, const resolve_request& request) {
    const auto port = port_of(request.service);
    return io::overridden(name, port.value_or(0),
                          port ? request.overrides : for_any_port(request.overrides));
}

/// What the machines next door say, when the name is of their kind.
std::vector<net::address> of_neighbours(const std::string& name, const resolve_request& request,
                                        net::family wanted) {
    const auto neighbours = std::make_shared<io::multicast_names>();
    if (request.numeric || !neighbours->takes(name)) return {};
    io::resolver names({.services = {neighbours}, .search = false});
    return io::timeout(request.limit, names.addresses(name, wanted)).get();
}

/// What is known without the system's resolver.
std::vector<net::address> known_addresses(const std::string& name, const resolve_request& request,
                                          const net::lookup_hints& hints) {
    auto known = overridden(name, request);
    if (!known.empty()) return known;
    return of_neighbours(name, request, request.mapped ? net::family::unspecified : hints.family);
}

/// The name of an address, or nothing: most have none.
std::string name_of(const net::endpoint& where) {
    try {
        return net::getnameinfo(where, net::name_flag::name_required).host;
    } catch (const std::system_error&) {
        return "";
    }
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

answer look_up(const std::string& name, const resolve_request& request, exit_code& status) {
    answer result;
    result.name = name;
    const auto started = std::chrono::steady_clock::now();
    try {
        if (!is_ascii(name)) result.ascii = net::idna_to_ascii(name);
        const std::string service = name.empty() && request.service.empty() ? "0" : request.service;
        auto hints = hints_of(request);
        if (name.empty()) hints.flags = hints.flags & ~net::lookup_flag::canonical_name;  // no name
        result.records = as_resolved(known_addresses(name, request, hints), name, request, hints);
        if (result.records.empty()) {
            result.records = net::getaddrinfo(name, service, hints, request.limit);
        }
        if (request.reverse) {
            for (const auto& record : result.records)
                result.reverse.push_back(name_of(record.endpoint));
        }
    } catch (const std::exception& error) {
        result.error = error.what();
        status = exit_code_of(error);
    }
    result.took = std::chrono::steady_clock::now() - started;
    return result;
}

std::string word(auto value) {
    return fmt::format("{}", fmt::streamed(value));
}

/// Raw sockets choose their protocol themselves.
std::string protocol_of(const net::resolved& record) {
    return record.protocol == net::protocol::automatic ? "any" : word(record.protocol);
}

json json_of(const answer& answer) {
    json result{{"name", escaped(answer.name)}, {"milliseconds", answer.took.count()}};
    if (!answer.ascii.empty()) result["ascii"] = answer.ascii;
    if (!answer.error.empty()) {
        result["error"] = answer.error;
        return result;
    }
    result["canonical_name"] = escaped(answer.records.front().canonical_name);
    json& records = result["records"] = json::array();
    for (std::size_t i = 0; i < answer.records.size(); ++i) {
        const auto& record = answer.records[i];
        json one{{"family", word(record.family)},
                 {"type", word(record.type)},
                 {"protocol", protocol_of(record)},
                 {"address", record.endpoint.ip().to_string()},
                 {"port", record.endpoint.port()}};
        if (!answer.reverse.empty()) one["reverse"] = escaped(answer.reverse[i]);
        records.push_back(std::move(one));
    }
    return result;
}

void print(const answer& answer, const resolve_request& request) {
    if (!answer.error.empty()) {
        std::cout.flush();
        std::cerr << fmt::format("zocalo: {}\n", answer.error);
        return;
    }
    const std::string& canonical = answer.records.front().canonical_name;
    std::string heading = escaped(answer.name);
    if (!answer.ascii.empty()) heading += " = " + answer.ascii;
    if (!canonical.empty() && canonical != answer.name && canonical != answer.ascii) {
        heading += " is " + escaped(canonical);
    }
    std::cout << heading << '\n';
    for (std::size_t i = 0; i < answer.records.size(); ++i) {
        const auto& record = answer.records[i];
        const auto& where = record.endpoint;
        std::string line = fmt::format(
            "  {:<6} {:<9} {:<5} {}", word(record.family), word(record.type), protocol_of(record),
            request.service.empty() ? where.ip().to_string() : where.to_string());
        if (!answer.reverse.empty()) {
            line += answer.reverse[i].empty() ? " (no name)" : " = " + escaped(answer.reverse[i]);
        }
        std::cout << line << '\n';
    }
}

void resolve(const resolve_request& request, context& shared) {
    if (wants_records(request)) return resolve_records(records_of(request), shared);
    json all = json::array();
    for (const auto& name : request.names) {
        const answer answer = look_up(name, request, shared.status);
        if (shared.verbosity > 0 && answer.error.empty()) {
            std::cerr << fmt::format("looked up {} in {:.1f} ms\n", quoted(name),
                                     answer.took.count());
        }
        if (shared.json) {
            all.push_back(json_of(answer));
        } else {
            print(answer, request);
        }
    }
    if (shared.json) std::cout << all.dump(2) << '\n';
}

void add_secure_options(CLI::App& command, resolve_request& request) {
    auto* secure = command
                       .add_option("--tls-server", request.tls_servers,
                                   "Ask this name server over TLS and nobody else; it has to be "
                                   "NAME, or its address, in its certificate; may be given more "
                                   "than once")
                       ->type_name("ADDRESS[:PORT][#NAME]")
                       ->allow_extra_args(false)
                       ->excludes("--server");
    auto* web = command
                    .add_option("--doh-url", request.doh_url,
                                "Ask this web server (DNS over HTTPS) and nobody else; its own "
                                "name is looked up by the system's servers")
                    ->type_name("URL")
                    ->excludes("--server")
                    ->excludes(secure);
    command
        .add_option("--cacert", request.trusted,
                    "With --tls-server or --doh-url: trust these authorities instead of the "
                    "system's, PEM")
        ->type_name("FILE")
        ->check([secure, web](const std::string&) -> std::string {
            const bool is_used = !secure->empty() || !web->empty();
            return is_used ? "" : "--cacert is for --tls-server and --doh-url";
        });
    command.add_flag("-k,--insecure", request.insecure,
                     "With --tls-server or --doh-url: believe whoever answers. Anybody in between "
                     "can read and change everything");
}

void add_options(CLI::App& command, resolve_request& request) {
    command
        .add_option("name", request.names, "Host names or addresses; \"\" is this machine itself")
        ->required();
    command.add_option("-s,--service", request.service, "A service name or port to go with them");
    auto* type = command.add_option(
        "-t,--type", request.type,
        "A type of socket (stream, datagram, raw), or types of records: MX or A,AAAA,TXT");
    type->type_name("TYPE")->check([](const std::string& text) {
        check_type(text);
        return std::string();
    });
    command
        .add_option("--server", request.servers,
                    "Ask this name server, ADDRESS or ADDRESS:PORT, and nobody else; may be given "
                    "more than once")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    add_secure_options(command, request);
    add_resolve_option(command, request.overrides);
    command.add_flag("--tcp", request.tcp, "Ask name servers over TCP");
    add_duration(command, "--max-time", request.limit, "Longest time for each question");
    command.add_flag("-4", request.v4, "IPv4 only; of records, no AAAA");
    command.add_flag("-6", request.v6, "IPv6 only; of records, no A")->excludes("-4");
    command.add_flag("-x,--reverse", request.reverse,
                     "Also the name of each address; of records, PTR of addresses");
    command.add_flag("-n,--numeric", request.numeric, "The names are addresses: ask nobody");
    command.add_flag("--passive", request.passive, "\"\" is any address, as servers want it");
    command.add_flag("--mapped", request.mapped, "IPv4 addresses also as mapped IPv6 ones");
    command.add_flag("--configured", request.configured,
                     "Only families that this machine has an address of");
}

}  // namespace

void add_resolve(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "resolve",
        "Show all addresses of names, as programs get them, or other records",
        {{"resolve localhost", "every address, for every type of socket"},
         {"resolve -4 -t stream -s http example.org", "where a browser would connect to"},
         {"resolve -t MX,TXT example.org", "records of other types, from name servers"},
         {"resolve printer.local", "a machine next door, over multicast DNS"},
         {"resolve --tls-server 192.0.2.53#dns.example example.org", "ask over TLS"},
         {"resolve --doh-url https://dns.example/dns-query example.org", "ask over HTTPS"},
         {"resolve -x 127.0.0.1 ::1", "the names of addresses"},
         {"resolve -x --server 192.0.2.53 192.0.2.1", "as one name server knows them"},
         {"resolve --json bücher.example", "for programs; names beyond ASCII are converted"}});
    const auto request = std::make_shared<resolve_request>();
    add_options(command, *request);
    add_json_option(command, shared);
    command.callback([request, &shared] { resolve(*request, shared); });
}

}  // namespace zocalo::program
