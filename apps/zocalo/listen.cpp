// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>

#include "checks.hpp"
#include "command.hpp"
#include "host.hpp"
#include "option_error.hpp"
#include "relay/hub.hpp"
#include "relay/interruptible.hpp"
#include "relay/link_options.hpp"
#include "relay/tls_options.hpp"
#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/socket_file.hpp"

namespace zocalo::program {

namespace {

struct listen_request : link_options {
    std::vector<std::string> where;
    std::string source;
    std::string port;
    std::vector<std::string> allow;
    std::vector<std::string> deny;
    std::vector<std::string> proxies;
    hub_options clients;
    websocket_choice websocket;
};

/// `PORT`, `HOST PORT`, `HOST:PORT`, -s and -p, as ncat takes them; for a vsock the context stands
/// for the host.
net::host_port address_of(const listen_request& request) {
    if (request.where.empty() && request.port.empty()) throw CLI::RequiredError("PORT");
    auto words = request.where;
    if (!request.source.empty()) words.insert(words.begin(), request.source);
    if (!request.port.empty()) words.push_back(request.port);
    if (words.size() > 2) throw CLI::ExtrasError(std::vector{words[1]});
    return where_of(words, "", "");
}

net::socket open(const listen_request& request) {
    net::listen_options options;
    options.family = request.family();
    options.type = request.type();
    if (request.local) {
        if (request.where.size() != 1) throw CLI::ValidationError("a Unix socket has one path");
        return net::create_server(local_endpoint(request.where.front()), options);
    }
    const net::host_port where = address_of(request);
    if (request.vsock) {
        const std::string context = where.host().empty() ? "any" : where.host();
        return net::create_server(vsock_endpoint(context, where.service()), options);
    }
    if (!request.numeric) return net::create_server(where, options);
    const auto flags = net::lookup_flag::numeric_host | net::lookup_flag::passive;
    const auto found =
        net::getaddrinfo(where.host(), where.service(),
                         {.family = request.family(), .type = request.type(), .flags = flags});
    return net::create_server(found.front().endpoint, options);
}

/// What --allow and --deny name: a network, an address, or a host with all its addresses of now.
std::vector<net::network> networks_of(const std::string& text, bool numeric) {
    const bool is_name = text.find_first_not_of("0123456789.") != std::string::npos &&
                         text.find_first_of(":/") == std::string::npos;
    if (!is_name || numeric) return {net::network::parse(text)};
    std::vector<net::network> all;
    for (const auto& found : net::getaddrinfo(text, "", {.type = net::type::stream})) {
        const net::address ip = found.endpoint.ip();
        all.push_back(net::network::of(ip, ip.is_v4() ? 32 : 128));
    }
    return all;
}

std::vector<net::network> networks_of(const std::vector<std::string>& texts, bool numeric,
                                      const char* option) {
    std::vector<net::network> all;
    for (const auto& text : texts) {
        const auto some = about_option(option, [&] { return networks_of(text, numeric); });
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

/// What SIGHUP does: with certificates in files, it takes those that are there now. A terminal that
/// is closed ends us as ever.
std::function<void()> reloading(const listen_request& request, const context& shared,
                                const std::optional<tls::server_context>& secure) {
    if (!request.clients.keep || request.tls.certificate.empty() || sys::isatty(0) == 1) return {};
    return [&] {
        try {
            secure->replace(server_options(request.tls, shared));
            say(shared, 1, "the certificate was read again");
        } catch (const std::exception& error) {
            say(shared, 0, fmt::format("the certificate stays as it was: {}", error.what()));
        }
    };
}

io::task<> arrivals(const listen_request& request, const context& shared, hub& clients,
                    net::socket listening, const std::optional<tls::server_context>& secure) {
    if (request.udp) return serve_datagrams(clients, std::move(listening));
    if (!request.websocket.wanted) return serve_streams(clients, std::move(listening), secure);
    return serve_messages(clients, std::move(listening), secure, request, request.websocket,
                          shared);
}

/// With WebSocket there is no end of one direction: the end of our input must not be the end of
/// clients that come and go, unless that was asked for.
void keep_clients(listen_request& request) {
    if (request.websocket.wanted && request.clients.keep && !request.program() &&
        request.quit.is_none())
        request.no_shutdown = true;
}

void listen(listen_request& request, const context& shared) {
    if ((request.local || request.vsock) && !(request.allow.empty() && request.deny.empty())) {
        throw CLI::ValidationError("--allow and --deny are for IP; a Unix socket has permissions");
    }
    request.clients.allow = networks_of(request.allow, request.numeric, "--allow");
    request.clients.deny = networks_of(request.deny, request.numeric, "--deny");
    request.clients.proxies = networks_of(request.proxies, request.numeric, "--proxy-protocol");
    net::socket socket = open(request);
    const net::endpoint at = socket.local_endpoint();
    unlock_key(request.tls);
    const net::socket_file file(at);
    std::optional<tls::server_context> secure;
    interruptible loop(reloading(request, shared, secure));
    if (request.tls.wanted) secure.emplace(server_options(request.tls, shared));
    hub clients(request, request.clients, shared, loop.stop());
    // Whoever asks for any port wants to know which one it was.
    const bool any_port = at.is_inet() && address_of(request).service() == "0";
    say(shared, any_port ? 0 : 1, fmt::format("listening on {}", at.to_string()));
    say(shared, 1, loop.backend());
    loop.run(clients.run(arrivals(request, shared, clients, std::move(socket), secure), at));
}

/// Whom to let in, and whom to ask for whom it speaks.
void add_admission_options(CLI::App& command, listen_request& request) {
    command
        .add_option("--allow", request.allow,
                    "Only clients from these: 192.0.2.0/24,::1,localhost; names are looked up once")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("HOST|NETWORK,...")
        ->group("Clients");
    command.add_option("--deny", request.deny, "No clients from these")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("HOST|NETWORK,...")
        ->group("Clients");
    command
        .add_option("--proxy-protocol", request.proxies,
                    "Who connects from these has to say first whom it speaks for (PROXY protocol, "
                    "versions 1 and 2); --allow and --deny are about that client then")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("HOST|NETWORK,...")
        ->group("Clients");
}

}  // namespace

void add_listen(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "listen", "Wait for clients; print what they say, send standard input",
        {{"listen 40674", "one client on port 40674; what you type goes to it"},
         {"listen -k -v 40674", "any number of clients, until Ctrl-C"},
         {"listen 40674 > file", "receive a file; the sender: zocalo connect HOST 40674 < file"},
         {"listen -u -k 6667", "datagrams from everybody"},
         {"listen -k -c 'date; cat' 127.0.0.1 5000", "a command for each client"},
         {"listen -k --ssl --ssl-cert cert.pem --ssl-key key.pem 5000", "the clients speak TLS"},
         {"listen -k --ws 8000", "WebSocket: each line is a message, to and from everybody"},
         {"listen -U /run/app.sock --hex", "a Unix socket, with a hex dump of both directions"}});
    const auto request = std::make_shared<listen_request>();
    command
        .add_option("where", request->where, "[HOST] PORT, HOST:PORT, or the path of a Unix socket")
        ->expected(0, 2);
    add_link_options(command, *request);
    command
        .add_flag("-k,--keep-open", request->clients.keep,
                  "Go on after the first client, several at once")
        ->group("Clients");
    command
        .add_option("-m,--max-conns", request->clients.most, "At most so many at once; others wait")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str()
        ->group("Clients");
    add_admission_options(command, *request);
    command.add_option("-s,--source", request->source, "Local address to listen on")
        ->type_name("HOST")
        ->group("Transport");
    command.add_option("-p,--source-port", request->port, "Port to listen on")
        ->check(check_port)
        ->type_name("PORT")
        ->group("Transport");
    add_server_tls_options(command, request->tls);
    add_websocket_server_options(command, request->websocket);
    command.callback([request, &shared] {
        check_websocket_server(*request, request->websocket);
        keep_clients(*request);
        if (request->tls.wanted && request->udp) {
            throw CLI::ValidationError("--ssl wants connections: not with -u");
        }
        const bool has_networks = !request->udp && !request->local && !request->vsock;
        if (!request->proxies.empty() && !has_networks) {
            throw CLI::ValidationError("--proxy-protocol is for TCP: not with -u, -U or --vsock");
        }
        listen(*request, shared);
    });
}

}  // namespace zocalo::program
