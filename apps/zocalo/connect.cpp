// SPDX-License-Identifier: MIT
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "command.hpp"
#include "duration.hpp"
#include "relay/link_options.hpp"
#include "relay/probe.hpp"
#include "relay/progress.hpp"
#include "relay/traffic_log.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

struct connect_request : link_options {
    std::string host;
    std::string port;
    std::string source;
    std::string source_port;
    bool probe = false;
    std::string report;  ///< table or json: how the connection came about
    timeout limit = timeout::none();
};

/// The local end that -s and -p ask for.
std::optional<net::endpoint> source_of(const connect_request& request, const deadline& until,
                                       const net::stop_condition& stop) {
    if (request.local) {
        // Without a name of its own, a datagram socket cannot be answered.
        if (request.source.empty() && !request.udp) return std::nullopt;
        return request.source.empty() ? net::endpoint::autobind() : local_endpoint(request.source);
    }
    if (request.source.empty() && request.source_port.empty()) return std::nullopt;
    net::family family = request.family();
    if (request.source.empty() && family == net::family::unspecified) family = net::family::inet;
    const std::string port = request.source_port.empty() ? "0" : request.source_port;
    const net::host_port source(request.source, port);
    return source.resolve_all(family, request.type(), until.remaining(), &stop).front();
}

/// How the connection comes about, told as far as it came when the attempt is over.
class story {
 public:
    story(const connect_request& request, const context& shared)
        : request_(request), shared_(shared) {
        told.target =
            request.local ? request.host : net::host_port(request.host, request.port).to_string();
    }
    story(const story&) = delete;
    story& operator=(const story&) = delete;
    ~story() {
        told.took = relay::clock::now() - began_;
        if (request_.report == "table") std::cerr << told.to_table();
        if (request_.report == "json") std::cerr << told.to_json() << '\n';
        for (const auto& attempt : told.attempts) {
            const double took = std::chrono::duration<double, std::milli>(attempt.took).count();
            say(shared_, 2,
                fmt::format("tried {}: {} ({:.1f} ms)", attempt.peer.to_string(),
                            attempt.error ? attempt.error.message() : "connected", took));
        }
    }
    [[nodiscard]] std::chrono::nanoseconds since_begin() const {
        return relay::clock::now() - began_;
    }

    net::connect_report told;

 private:
    const connect_request& request_;
    const context& shared_;
    const relay::clock::time_point began_ = relay::clock::now();
};

std::vector<net::endpoint> look_up(const connect_request& request, const deadline& until,
                                   const net::stop_condition& stop, net::lookup_attempt& told) {
    const auto flags = request.numeric ? net::lookup_flag::numeric_host : net::lookup_flag::none;
    std::vector<net::endpoint> targets;
    try {
        for (const auto& found :
             net::getaddrinfo(request.host, request.port,
                              {.family = request.family(), .type = request.type(), .flags = flags},
                              until.remaining(), &stop)) {
            targets.push_back(found.endpoint);
        }
    } catch (const std::system_error& error) {
        told.error = error.code();
        throw;
    }
    told.found = targets.size();
    return targets;
}

std::vector<net::endpoint> targets_of(const connect_request& request, const deadline& until,
                                      const net::stop_condition& stop, story& telling) {
    if (request.local) return {local_endpoint(request.host)};
    if (request.vsock) return {vsock_endpoint(request.host, request.port)};
    net::lookup_attempt step{.name = request.host, .family = request.family(), .error = {}};
    const auto tell = [&] {
        step.took = telling.since_begin();
        telling.told.lookups.push_back(step);
        telling.told.error = step.error;
    };
    try {
        auto targets = look_up(request, until, stop, step);
        tell();
        return targets;
    } catch (const std::system_error&) {
        tell();
        throw;
    }
}

net::socket open(const connect_request& request, const net::stop_condition& stop,
                 const deadline& until, const std::vector<net::endpoint>& targets, story& telling) {
    net::connect_options options;
    options.source = source_of(request, until, stop);
    options.timeout = until.remaining();  // of what the look-ups have left
    options.family = request.family();
    options.type = request.type();
    options.stop = &stop;
    const auto before = telling.since_begin();
    auto result = net::try_create_connection(targets, options);
    for (auto& attempt : result.attempts)
        attempt.started += before;
    telling.told.attempts = result.attempts;
    telling.told.error = result.error;
    if (result.error == std::errc::operation_canceled) {
        throw net::stopped(result.error, "connect");
    }
    if (result.error) {
        throw net::connect_error(result.error,
                                 request.local ? targets.front().to_string() : telling.told.target,
                                 std::move(result.attempts));
    }
    return std::move(result.socket);
}

net::socket open(const connect_request& request, const net::stop_condition& stop,
                 const deadline& until, const context& shared) {
    story telling(request, shared);
    const auto targets = targets_of(request, until, stop, telling);
    return open(request, stop, until, targets, telling);
}

relay_rules rules_of(const connect_request& request, bool interactive, bool has_program) {
    relay_rules rules{.idle = request.idle, .linger = request.quit};
    rules.half_close = !request.no_shutdown;
    rules.end_with_peer = interactive || request.recv_only;
    rules.local_may_fail = has_program;
    // Datagrams have no end that could be waited for.
    if (request.udp && request.quit.is_none()) rules.quiet = 2s;
    if (request.udp && request.send_only) rules.linger = timeout::zero();
    // The rest is read for a while, for closing before that would destroy what is on its way.
    if (!request.udp && (request.send_only || has_program) && request.quit.is_none()) {
        rules.linger = 2s;
    }
    return rules;
}

/// What a conversation is about, whatever lies between its two ends and the relay.
struct talk {
    const connect_request& request;
    const net::stop_condition& stop;
    const deadline& end;
    traffic_log* log;
    const context& shared;
    net::endpoint peer;
    net::endpoint here;
};

void converse(const talk& about, channel& link) {
    const connect_request& request = about.request;
    const context& shared = about.shared;
    console here(request);
    std::unique_ptr<program_side> program;
    if (const auto arguments = request.program()) {
        program = std::make_unique<program_side>(*arguments, request.udp, about.peer, about.here);
    }
    channel& local = program ? program->side() : here.side();
    relay_rules rules = rules_of(request, here.is_interactive(), program != nullptr);
    rules.total = about.end.remaining();
    rules.peer = about.peer.to_string();
    relay conversation(request.recv_only ? nullptr : &local, request.send_only ? nullptr : &local,
                       link, std::move(rules));
    if (!program) here.equip(conversation);
    progress shown(request.wants_progress(shared) && !here.is_interactive());
    const auto started = relay::clock::now();
    const auto summarise = [&] {
        shown.erase();
        const double took = std::chrono::duration<double>(relay::clock::now() - started).count();
        say(shared, 1,
            fmt::format("{} bytes sent, {} bytes received in {:.3f} seconds",
                        conversation.outgoing().moved(), conversation.incoming().moved(), took));
    };
    try {
        run(conversation, about.stop, &shown);
    } catch (const std::system_error&) {  // Ctrl-C is one of them
        summarise();
        throw;
    }
    summarise();
}

/// The same in TLS: the conversation is with one end of a tunnel.
void converse_in_tls(const talk& about, net::socket plain, timeout limit) {
    tls_tunnel tunnel(std::move(plain), client_handshake(about.request.tls, about.request.host));
    say(about.shared, 1, to_text(tunnel.wait_until_secured(about.stop, limit)));
    net::socket socket = tunnel.take_socket();
    const auto end = [&] {
        socket.close();
        tunnel.let_go();
        tunnel.check();  // why the tunnel ended says more than that it did
    };
    tunnel_channel link(socket, about.log, tunnel);
    try {
        converse(about, link);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        end();
        throw;
    }
    end();
}

void connect(const connect_request& request, context& shared) {
    if (request.probe) {
        shared.status = probe_ports(request, request.host, request.port, shared);
        return;
    }
    const net::stop_signal stop;
    const deadline end{request.limit};
    const auto log = request.open_log();  // before the peer has to do with it
    const deadline until{shorter(request.wait, end.remaining())};
    net::socket socket = open(request, stop, deadline{request.wait}, shared);
    const talk about{
        request, stop, end, log.get(), shared, socket.peer_endpoint(), socket.local_endpoint()};
    say(shared, 1,
        fmt::format("connected to {} from {}", about.peer.to_string(), about.here.to_string()));
    if (request.tls.wanted) {
        converse_in_tls(about, std::move(socket), until.remaining());
    } else {
        socket_channel link(socket, log.get());
        converse(about, link);
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
    if (request.tls.wanted && (request.udp || request.probe)) {
        throw CLI::ValidationError("--ssl wants a connection: not with -u or -z");
    }
    if (request.probe && (request.local || request.vsock)) {
        throw CLI::ValidationError("-z tries ports of TCP and UDP");
    }
    if (request.probe && !(request.source.empty() && request.source_port.empty())) {
        throw CLI::ValidationError("-z chooses the local address itself: no -s, no -p");
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
         {"connect -U /run/app.sock --hex", "a Unix socket, with a hex dump of both directions"},
         {"connect -e 'cat -n' localhost 5000", "let a program talk to the server"}});
    const auto request = std::make_shared<connect_request>();
    command.add_option("host", request->host, "Host, HOST:PORT, Unix path or vsock context")
        ->required();
    command.add_option("port", request->port, "Port or service; with -z also ranges: 20-30,80");
    add_link_options(command, *request);
    command.add_option("-s,--source", request->source, "Local address to connect from")
        ->group("Transport");
    command.add_option("-p,--source-port", request->source_port, "Local port to connect from")
        ->group("Transport");
    command
        .add_flag("--connect-report{table}", request->report,
                  "Tell on stderr how the connection came about: every look-up and address with "
                  "its time and error; =json for programs")
        ->check(CLI::IsMember({"table", "json"}))
        ->group("Output");
    add_duration(command, "--max-time", request->limit, "Longest time for everything")
        ->group(link_time_group);
    command.add_flag("-z", request->probe, "Only report whether ports are open")->group("Traffic");
    add_client_tls_options(command, request->tls);
    add_json_option(command, shared);
    command.callback([request, &shared] {
        split_target(*request);
        check_target(*request);
        request->wait = shorter(request->wait, request->limit);
        connect(*request, shared);
    });
}

}  // namespace zocalo::program
