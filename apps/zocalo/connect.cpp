// SPDX-License-Identifier: MIT
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "checks.hpp"
#include "command.hpp"
#include "duration.hpp"
#include "overrides.hpp"
#include "relay/dial.hpp"
#include "relay/interruptible.hpp"
#include "relay/local_side.hpp"
#include "relay/probe.hpp"
#include "relay/websocket.hpp"
#include "zocalo/io/any.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

io::task<> open(const connect_request& request, const context& shared,
                std::optional<opened_link>& link) {
    const auto began = std::chrono::steady_clock::now();
    net::connect_report told;
    std::exception_ptr error;
    try {
        link = co_await dial(request, shared, told);
    } catch (...) {
        error = std::current_exception();
    }
    told.took = std::chrono::steady_clock::now() - began;
    tell_story(request, shared, told);
    if (error) std::rethrow_exception(error);
}

relay_rules rules_of(const connect_request& request, const local_side& side) {
    relay_rules rules = side.rules();
    if (!request.udp) return rules;
    rules.in_packets = true;
    if (!request.quit.is_none()) return rules;
    // Datagrams have no end that could be waited for.
    rules.quiet = 2s;
    rules.linger = request.send_only ? timeout::zero() : timeout::none();
    return rules;
}

io::task<> connect_and_talk(const connect_request& request, const context& shared,
                            io::event& stop) {
    const deadline end(request.limit);
    local_side side(request, shared, false, stop);
    std::optional<opened_link> link;
    co_await io::any(open(request, shared, link), stop.wait());
    if (!link) co_return;
    relay_rules rules = rules_of(request, side);
    rules.total = end.remaining();
    rules.peer = request.proxy.wanted() ? net::host_port(request.host, request.port).to_string()
                                        : link->peer.to_string();
    const auto summarise = [&](const relay& over, const std::string&) {
        const double took = std::chrono::duration<double>(over.age()).count();
        side.tell(1, fmt::format("{} bytes sent, {} bytes received in {:.3f} seconds", over.sent(),
                                 over.received(), took));
    };
    local_end mine = side.open(link->peer, link->here, request.udp);
    co_await side.run(side.converse(std::move(mine), link->stream, std::move(rules), summarise));
}

void connect(const connect_request& request, context& shared) {
    unlock_key(request.tls);
    interruptible loop;
    say(shared, 2, loop.backend());
    if (is_websocket(request.host)) {
        loop.run(connect_websocket(request, shared, loop.stop()));
    } else if (request.probe) {
        loop.run(probe_ports(request, shared));
    } else {
        loop.run(connect_and_talk(request, shared, loop.stop()));
    }
}

/// `HOST:PORT` in one word becomes two, and brackets around IPv6 go.
void split_target(connect_request& request) {
    if (request.local || request.vsock) return;
    const bool has_both = request.port.empty() && request.host.find(':') != std::string::npos &&
                          !net::address::try_parse(request.host);
    const auto where =
        has_both ? net::host_port::parse(request.host) : net::host_port(request.host, request.port);
    request.host = where.host();
    request.port = where.service();
}

void check_target(const connect_request& request) {
    if (request.local && !request.port.empty()) {
        throw CLI::ValidationError("a Unix socket has a path and no port");
    }
    if (!request.local && request.port.empty()) throw CLI::RequiredError("PORT");
    const bool has_port = !request.local && !request.vsock && !request.probe;
    const std::string why = has_port ? check_port(request.port) : std::string();
    if (!why.empty()) throw CLI::ValidationError(why);
    if (request.tls.wanted && (request.udp || request.probe)) {
        throw CLI::ValidationError("--ssl wants a connection: not with -u or -z");
    }
    const bool has_no_name = request.local || request.vsock;
    if (has_no_name && !(request.overrides.empty() && request.exceptions.empty())) {
        throw CLI::ValidationError(
            "--resolve and --connect-to are for hosts: not with -U or --vsock");
    }
    if (request.probe && !request.exceptions.empty()) {
        throw CLI::ValidationError("-z tries ports of the host itself: not with --connect-to");
    }
    if (request.probe && (request.local || request.vsock)) {
        throw CLI::ValidationError("-z tries ports of TCP and UDP");
    }
    if (request.proxy.wanted() &&
        (request.udp || request.local || request.vsock || request.probe)) {
        throw CLI::ValidationError("--proxy makes TCP connections: not with -u, -U, --vsock or -z");
    }
    const bool says_from_where = !(request.source.empty() && request.source_port.empty());
    if (request.probe && (says_from_where || !request.interface.empty())) {
        throw CLI::ValidationError("-z chooses the way itself: no -s, -p or --interface");
    }
    if (has_no_name && !request.interface.empty()) {
        throw CLI::ValidationError("--interface is for hosts: not with -U or --vsock");
    }
}

}  // namespace

void add_connect(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "connect",
        "Connect to a server; standard input goes there, what comes is printed",
        {{"connect localhost 40674", "talk to a server; Ctrl-D ends the input, Ctrl-C all"},
         {"connect -u 127.0.0.1 6667 <<< Hello", "one UDP datagram, and what is answered"},
         {"connect --crlf example.org 80 < request", "send a file, wait for the whole answer"},
         {"connect -z -w 2 localhost 20-30", "which of these ports are open"},
         {"connect --connect-report example.org 80", "also how it came about, step by step"},
         {"connect --ssl --crlf example.org 443 < request", "the same over TLS"},
         {"connect --proxy socks5h://localhost:9050 example.org 80", "through a SOCKS proxy"},
         {"connect --ssl --connect-to ::192.0.2.1: example.org 443", "the same host elsewhere"},
         {"connect -U /run/app.sock --hex", "a Unix socket, with a hex dump of both directions"},
         {"connect -e 'cat -n' localhost 5000", "let a program talk to the server"},
         {"connect wss://example.org/chat", "a WebSocket: each line is a message"}});
    const auto request = std::make_shared<connect_request>();
    command
        .add_option("host", request->host,
                    "Host, HOST:PORT, Unix path, vsock context or URL of a WebSocket")
        ->required();
    command.add_option("port", request->port, "Port or service; with -z also ranges: 20-30,80");
    add_link_options(command, *request);
    command.add_option("-s,--source", request->source, "Local address to connect from")
        ->type_name("HOST")
        ->group("Transport");
    command.add_option("-p,--source-port", request->source_port, "Local port to connect from")
        ->check(check_port)
        ->type_name("PORT")
        ->group("Transport");
    command.add_option("--interface", request->interface, "Network interface to connect through")
        ->check(check_interface)
        ->type_name("NAME")
        ->group("Transport");
    command
        .add_flag("--connect-report{table}", request->report,
                  "Tell on stderr how the connection came about: every look-up and address with "
                  "its time and error; =json, or --json, for programs")
        ->check(CLI::IsMember({"table", "json"}))
        ->group("Output");
    command.add_flag("-z", request->probe, "Only report whether ports are open")->group("Traffic");
    add_client_tls_options(command, request->tls);
    add_proxy_options(command, request->proxy);
    add_resolve_option(command, request->overrides);
    add_connect_to_option(command, request->exceptions);
    add_websocket_options(command, request->websocket);
    add_json_option(command, shared);
    command.callback([request, &command, &shared] {
        if (is_websocket(request->host)) {
            check_websocket(*request);
            check_client_tls(command, is_secure_websocket(request->host));
        } else {
            check_client_tls(command, request->tls.wanted);
            check_no_websocket(*request);
            split_target(*request);
            check_target(*request);
            if (shared.json && request->report.empty()) request->report = "json";
        }
        request->wait = shorter(request->wait, request->limit);
        connect(*request, shared);
    });
}

}  // namespace zocalo::program
