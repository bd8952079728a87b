// SPDX-License-Identifier: MIT
// Hosts are tls::dial()'s; what has no host, or is no stream, is reached here. Each step has the
// time that those before it have left, and leaves its trace in the report.
#include "relay/dial.hpp"

#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <utility>

#include "relay/packet_link.hpp"
#include "relay/tls_options.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/services.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/dial.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::uint16_t port_number(const std::string& port, bool udp) {
    if (const auto number = from_digits<std::uint16_t>(port)) return *number;
    return net::getservbyname(port, udp ? "udp" : "tcp");
}

void check_is_address(const std::string& host) {
    if (net::address::try_parse_liberal(host)) return;
    throw std::system_error(net::name_errc::no_name,
                            "look up host " + quoted(host) + ", which -n does not");
}

std::uint16_t source_port(const connect_request& request) {
    return request.source_port.empty() ? 0 : port_number(request.source_port, request.udp);
}

io::task<std::optional<net::address>> source_address(const connect_request& request,
                                                     io::resolver& names) {
    if (request.source.empty()) co_return std::nullopt;
    const auto ip = net::address::try_parse_liberal(request.source);
    std::string host = ip ? ip->to_string() : request.source;
    io::task<std::vector<net::address>> looking =
        names.addresses(std::move(host), request.family());
    const std::vector<net::address> found = co_await std::move(looking);
    co_return found.front();
}

/// One call of dial().
class dialling {
 public:
    dialling(const connect_request& request, const context& shared, net::connect_report& told)
        : request_(request), shared_(shared), told_(told) {
        told_.target = request_.local ? request_.host
                                      : net::host_port(request_.host, request_.port).to_string();
    }

    io::task<opened_link> run() {
        opened_link made;
        io::task<io::stream> opening = open();
        made.stream = co_await std::move(opening);
        made.peer = made.stream.peer_endpoint();
        made.here = made.stream.local_endpoint();
        say(shared_, 1,
            fmt::format("connected to {} from {}", made.peer.to_string(), made.here.to_string()));
        for (const net::connect_layer& around : told_.layers)
            say(shared_, 1, around.name);
        if (request_.tls.wanted) say(shared_, 1, to_text(tls::get_info(made.stream)));
        co_return made;
    }

 private:
    io::task<io::stream> open() {
        if (request_.udp) return open_datagram_link();
        if (request_.local) return open_local(local_endpoint(request_.host));
        if (request_.vsock) return open_local(vsock_endpoint(request_.host, request_.port));
        return dial_host();
    }

    /// To the host, or to the proxy, and with whatever is around that.
    io::task<io::stream> dial_host() {
        tls::dial_options options = options_around();
        const auto& through = options.proxies;
        const bool looks_up = through.empty() || through.front().wants_addresses();
        if (request_.numeric && looks_up) check_is_address(request_.host);
        io::task<io::connect_options> asking =
            io::timeout(until_.remaining(), way_to_host(request_, names_));
        options.connect = co_await std::move(asking);
        options.within = until_.remaining();
        io::task<io::stream> reaching =
            tls::dial({request_.host, request_.port}, std::move(options), &told_);
        co_return co_await std::move(reaching);
    }

    io::task<io::stream> open_local(net::endpoint to) {
        io::task<io::stream> connecting = connect_to_endpoint(to);
        io::stream line = co_await std::move(connecting);
        tls::dial_options options = options_around();
        options.within = until_.remaining();
        const net::host_port where(request_.host, request_.port);
        io::task<io::stream> rest =
            tls::dial_over(std::move(line), where, std::move(options), &told_);
        co_return co_await std::move(rest);
    }

    tls::dial_options options_around() {
        tls::dial_options options;
        if (request_.proxy.wanted()) {
            options.proxies = {proxy_of(request_.proxy)};
            options.proxy_tls = proxy_context(request_.proxy);
        }
        if (request_.tls.wanted) {
            options.tls = client_context(request_.tls);
            options.server_name = request_.tls.server_name;
        }
        return options;
    }

    io::task<io::stream> connect_to_endpoint(net::endpoint to) {
        net::endpoint from;
        if (!request_.source.empty()) from = local_endpoint(request_.source);
        net::connect_attempt attempt{.peer = to, .error = {}, .started = since_begin()};
        io::stream made;
        try {
            made = co_await io::timeout(until_.remaining(), connect_patiently(to, from));
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            attempt.error = error.code();
        }
        attempt.took = since_begin() - attempt.started;
        told_.attempts.push_back(attempt);
        told_.error = attempt.error;
        if (attempt.error) throw net::connect_error(attempt.error, told_.target, told_.attempts);
        co_return made;
    }

    /// A Unix listener with a full queue says EAGAIN, and nothing tells when there is room.
    static io::task<io::stream> connect_patiently(net::endpoint to, net::endpoint from) {
        for (;;) {
            try {
                io::stream made = co_await io::connect(to, from);
                co_return made;
            } catch (const std::system_error& error) {
                if (error.code() != std::errc::resource_unavailable_try_again) throw;
            }
            co_await io::sleep(10ms);
        }
    }

    io::task<io::stream> open_datagram_link() {
        net::connect_options options{.family = request_.family(), .type = net::type::datagram};
        std::vector<net::endpoint> targets;
        if (request_.local) {
            targets.push_back(local_endpoint(request_.host));
            // Without a name of its own, a datagram socket cannot be answered.
            options.source = request_.source.empty() ? net::endpoint::autobind()
                                                     : local_endpoint(request_.source);
        } else {
            targets = co_await look_up();
            io::task<std::optional<net::address>> asking =
                io::timeout(until_.remaining(), source_address(request_, names_));
            const std::optional<net::address> source = co_await std::move(asking);
            const std::uint16_t port = source_port(request_);
            const bool is_v4 = targets.front().family() == net::family::inet;
            const auto any = is_v4 ? net::address::any_v4() : net::address::any_v6();
            if (source || port != 0) options.source = net::endpoint(source.value_or(any), port);
            if (!request_.interface.empty()) {
                options.prepare = [this](net::socket& socket) {
                    socket.set(net::option::bind_to_device{request_.interface});
                };
            }
        }
        net::connect_result result = net::try_create_connection(targets, options);
        told_.attempts = std::move(result.attempts);
        told_.error = result.error;
        if (result.error) throw net::connect_error(result.error, told_.target, told_.attempts);
        co_return open_datagrams(std::move(result.socket));
    }

    io::task<std::vector<net::endpoint>> look_up() {
        const net::host_port where = io::redirected(
            {request_.host, port_number(request_.port, request_.udp)}, request_.exceptions);
        const std::uint16_t port = port_number(where.service(), request_.udp);
        net::lookup_attempt step{.name = where.host(),
                                 .family = request_.family(),
                                 .error = {},
                                 .started = since_begin()};
        std::vector<net::endpoint> targets;
        std::exception_ptr error;
        try {
            const auto found = co_await io::timeout(
                until_.remaining(), addresses_of(request_, where, request_.family()));
            for (const net::address& each : found)
                targets.emplace_back(each, port);
        } catch (const std::system_error& failure) {
            error = std::current_exception();
            step.error = told_.error = failure.code();
        }
        step.found = targets.size();
        step.took = since_begin() - step.started;
        told_.lookups.push_back(step);
        if (error) std::rethrow_exception(error);
        co_return targets;
    }

    [[nodiscard]] std::chrono::nanoseconds since_begin() const { return clock::now() - began_; }

    const connect_request& request_;
    const context& shared_;
    net::connect_report& told_;
    const clock::time_point began_ = clock::now();
    const deadline until_{request_.wait};
    io::resolver names_{{.hosts = request_.overrides, .cache_size = 0}};
};

}  // namespace

io::task<std::vector<net::address>> addresses_of(const connect_request& request, net::host_port of,
                                                 net::family wanted) {
    std::string host = of.host();
    if (request.numeric) check_is_address(host);
    if (const auto ip = net::address::try_parse_liberal(host)) host = ip->to_string();
    io::resolver names({.hosts = request.overrides, .cache_size = 0});
    const std::uint16_t port = port_number(of.service(), request.udp);
    co_return co_await names.addresses(std::move(host), wanted, port);
}

io::task<io::connect_options> way_to_host(const connect_request& request, io::resolver& names) {
    io::connect_options way;
    way.family = request.family();
    io::task<std::optional<net::address>> asking = source_address(request, names);
    way.source = co_await std::move(asking);
    way.local_port = source_port(request);
    if (!request.interface.empty())
        way.settings.set(net::option::bind_to_device{request.interface});
    way.resolver = &names;
    way.exceptions = request.exceptions;
    co_return way;
}

void tell_story(const connect_request& request, const context& shared,
                const net::connect_report& told) {
    if (request.report == "table") std::cerr << told.to_table();
    if (request.report == "json") std::cerr << told.to_json() << '\n';
    for (const auto& attempt : told.attempts) {
        const double took = std::chrono::duration<double, std::milli>(attempt.took).count();
        say(shared, 2,
            fmt::format("tried {}: {} ({:.1f} ms)", attempt.peer.to_string(),
                        attempt.error ? attempt.error.message() : "connected", took));
    }
}

io::task<opened_link> dial(const connect_request& request, const context& shared,
                           net::connect_report& told) {
    dialling one(request, shared, told);
    co_return co_await one.run();
}

}  // namespace zocalo::program
