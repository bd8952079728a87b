// SPDX-License-Identifier: MIT
// Which of the two ways a name goes: through the system's resolver, or in questions of our own to
// name servers. Not all options mean something to both; those that do not are refused.
#include "resolve_request.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>

#include "option_error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::program {

namespace {

using net::dns::type;

constexpr std::string_view socket_types[] = {"stream", "datagram", "raw"};

bool is_socket_type(std::string_view text) {
    return std::ranges::find(socket_types, text) != std::end(socket_types);
}

/// With commas between them.
std::vector<type> record_types(std::string_view text) {
    std::vector<type> types;
    for (;;) {
        const auto comma = text.find(',');
        const auto name = text.substr(0, comma);
        const auto found = net::dns::try_parse_type(name);
        if (!found) {
            throw CLI::ValidationError(quoted(name) +
                                       " is no type of socket (stream, datagram, "
                                       "raw) and no type of record (MX, TYPE99)");
        }
        types.push_back(*found);
        if (comma == std::string_view::npos) return types;
        text.remove_prefix(comma + 1);
    }
}

/// What says nothing to name servers.
void refuse_what_is_about_addresses(const resolve_request& request) {
    struct option {
        bool is_given;
        std::string name;
    };
    const option options[] = {{is_socket_type(request.type), "--type " + request.type},
                              {!request.service.empty(), "--service"},
                              {!request.overrides.empty(), "--resolve"},
                              {request.numeric, "--numeric"},
                              {request.passive, "--passive"},
                              {request.mapped, "--mapped"},
                              {request.configured, "--configured"}};
    for (const option& each : options) {
        if (!each.is_given) continue;
        throw CLI::ValidationError(each.name +
                                   " is about addresses, and not about what name servers "
                                   "say: not with them or types of records");
    }
}

/// As dig does with it: who asks for the names of addresses asks for PTR.
std::vector<type> reverse_types(const resolve_request& request) {
    const std::vector<type> only{type::ptr};
    if (!request.type.empty() && record_types(request.type) != only)
        throw CLI::ValidationError("--reverse asks for PTR: not with --type " + request.type);
    for (const std::string& name : request.names) {
        if (net::address::try_parse(name)) continue;
        throw CLI::ValidationError("--reverse asks name servers about addresses, and " +
                                   quoted(name) + " is none");
    }
    return only;
}

std::vector<type> only_of_family(std::vector<type> types, const resolve_request& request) {
    if (request.v4 == request.v6) return types;
    const type wanted = request.v4 ? type::a : type::aaaa;
    if (std::ranges::find(types, wanted) == types.end()) {
        throw CLI::ValidationError((request.v4 ? "-4" : "-6") + (" is for " + to_text(wanted)) +
                                   " records, and such are not asked for");
    }
    std::erase(types, request.v4 ? type::aaaa : type::a);
    return types;
}

std::vector<type> types_of(const resolve_request& request) {
    std::vector<type> types{type::aaaa, type::a};
    if (request.reverse) {
        types = reverse_types(request);
    } else if (!request.type.empty()) {
        types = record_types(request.type);
    }
    return only_of_family(std::move(types), request);
}

}  // namespace

void check_type(std::string_view text) {
    if (!is_socket_type(text)) (void)record_types(text);
}

bool wants_records(const resolve_request& request) {
    const bool is_secure = !request.tls_servers.empty() || !request.doh_url.empty();
    if (request.insecure && !is_secure)
        throw CLI::ValidationError("--insecure is for --tls-server and --doh-url");
    const bool has_type = !request.type.empty() && !is_socket_type(request.type);
    const bool wanted = has_type || request.tcp || !request.servers.empty() || is_secure;
    if (wanted) refuse_what_is_about_addresses(request);
    return wanted;
}

record_request records_of(const resolve_request& request) {
    record_request wanted{.names = request.names,
                          .types = types_of(request),
                          .types_are_implied = request.type.empty() && !request.reverse,
                          .servers = request.servers,
                          .tls_servers = {},
                          .doh_url = request.doh_url,
                          .trusted = request.trusted,
                          .insecure = request.insecure,
                          .tcp = request.tcp,
                          .limit = request.limit};
    about_option("--tls-server", [&] {
        for (const std::string& each : request.tls_servers)
            wanted.tls_servers.push_back(tls::secure_name_server::parse(each));
    });
    return wanted;
}

}  // namespace zocalo::program
