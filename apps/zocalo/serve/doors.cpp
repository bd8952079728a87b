// SPDX-License-Identifier: MIT
#include "serve/doors.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <optional>

#include "command.hpp"
#include "serve/request.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::program {

namespace {

struct wanted_port {
    const char* option;
    tongue speaks;
    const std::string& text;
    std::string_view usual;  ///< may be missing
};

std::optional<std::uint16_t> port_of(const std::string& text) {
    if (text == "no") return std::nullopt;
    const auto port = from_digits<std::uint16_t>(text);
    if (!port) throw CLI::ValidationError("a port is a number from 0 to 65535, or no: " + text);
    return *port;
}

bool is_unix(std::string_view text) noexcept {
    return text.starts_with("unix:");
}

std::vector<net::address> addresses_of(const serve_request& request) {
    std::vector<net::address> all;
    for (const std::string& each : request.listen) {
        if (is_unix(each)) continue;
        for (const auto& found : net::getaddrinfo(each, "", {.type = net::type::stream})) {
            const net::address ip = found.endpoint.ip();
            if (std::ranges::find(all, ip) == all.end()) all.push_back(ip);
        }
    }
    return all;
}

/// There are no ports, and one thing is spoken.
std::vector<door> unix_doors(const serve_request& request) {
    std::vector<door> all;
    for (const std::string& each : request.listen)
        if (is_unix(each)) all.push_back({tongue::http, net::endpoint::parse(each)});
    if (!all.empty() && request.http == "no")
        throw CLI::ValidationError("--http no: HTTP is what is spoken at a Unix socket");
    if (all.empty() && !request.socket_mode.empty())
        throw CLI::ValidationError("--socket-mode is that of a Unix socket: -l unix:PATH");
    return all;
}

/// The servers' sockets share their ports with whoever of this user asks: another zocalo would get
/// every other client. This one shares with nobody, and shows whether there is somebody.
net::endpoint free_endpoint(const net::endpoint& where) {
    return net::create_server(where, {.dual_stack = false}).local_endpoint();
}

/// Whether there may be a server before us, who gives its ports.
bool is_for_successors(const serve_request& request) {
    std::error_code error;
    const std::string& path = request.guarding.hand_over;
    return !path.empty() && std::filesystem::is_socket(path, error);
}

}  // namespace

std::vector<door> find_doors(const serve_request& request, const context& shared) {
    const auto look_up = [&request] { return addresses_of(request); };
    const std::vector<net::address> addresses = as_said(request, "listen", look_up);
    std::vector<door> doors =
        as_said(request, "listen", [&request] { return unix_doors(request); });
    for (const wanted_port& each :
         {wanted_port{"http", tongue::http, request.http, ""},
          wanted_port{"gopher", tongue::gopher, request.gopher, "7070"},
          wanted_port{"clients", tongue::names, request.clients, "5000"}}) {
        auto port = as_said(request, each.option, [&each] { return port_of(each.text); });
        if (!port) continue;
        for (const net::address& ip : addresses) {
            try {
                const net::endpoint where = free_endpoint({ip, *port});
                port = where.port();  // the same one at all addresses
                doors.push_back({each.speaks, where});
            } catch (const std::system_error& error) {
                const bool is_taken = error.code() == std::errc::address_in_use;
                if (is_taken && is_for_successors(request)) {
                    doors.push_back({each.speaks, {ip, *port}});
                    continue;
                }
                if (!is_taken || each.text != each.usual) throw;
                say(shared, 0,
                    fmt::format("no {}: somebody else has port {}", name_of(each.speaks), *port));
            }
        }
    }
    return doors;
}

std::string_view name_of(tongue speaks) noexcept {
    switch (speaks) {
        case tongue::gopher:
            return "Gopher";
        case tongue::names:
            return "list of clients";
        default:
            return "HTTP";
    }
}

std::string url_of(const door& at, bool tls) {
    const std::string where = at.where.to_string();
    if (!at.where.is_inet()) return where;
    if (at.speaks == tongue::http) return (tls ? "https://" : "http://") + where + "/";
    if (at.speaks == tongue::gopher) return "gopher://" + where + "/";
    return where;
}

}  // namespace zocalo::program
