// SPDX-License-Identifier: MIT
// TCP ports are probed many at once: each attempt waits for an answer that may never come.
#include "relay/probe.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "relay/link_options.hpp"
#include "relay/poll_set.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_at_once = 128;

/// One port and what became of it.
struct attempt {
    net::endpoint peer;
    net::socket socket = {};
    std::size_t index = poll_set::none;
    std::error_code error = {};
    bool answered = false;
};

std::uint16_t port_number(std::string_view text, bool udp) {
    if (const auto number = from_digits<std::uint16_t>(text); number && *number != 0) {
        return *number;
    }
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) {
        throw std::invalid_argument("not a port, a service or a range like 20-30: " + quoted(text));
    }
    const auto type = udp ? net::type::datagram : net::type::stream;
    return net::host_port("127.0.0.1", text).resolve(net::family::inet, type).port();
}

void begin(attempt& target, net::type type) {
    target.socket = net::socket(target.peer.family(), type);
    target.socket.set_timeout(timeout::zero());
    target.error = target.socket.try_connect(target.peer);
    if (type == net::type::datagram && !target.error) {
        target.error = target.socket.try_send("").error;
    }
    if (target.error == std::errc::operation_in_progress ||
        target.error == std::errc::operation_would_block) {
        target.error = {};
        return;
    }
    target.answered = type == net::type::stream || target.error;
}

/// Waits until every one of the batch has answered or time is up.
void wait(std::span<attempt> batch, net::type type, timeout limit,
          const net::stop_condition& stop) {
    const deadline until(limit);
    poll_set set;
    while (std::ranges::any_of(batch, [](const attempt& one) { return !one.answered; })) {
        set.clear();
        const auto stopped = set.add(stop.fileno(), POLLIN);
        const short events = type == net::type::stream ? POLLOUT : POLLIN;
        for (attempt& one : batch)
            one.index = one.answered ? poll_set::none : set.add(one.socket.fileno(), events);
        set.wait(until.remaining());
        if (set.ready(stopped)) {
            throw net::stopped(std::make_error_code(std::errc::operation_canceled), "probe");
        }
        for (attempt& one : batch) {
            if (!set.ready(one.index)) continue;
            one.error = one.socket.take_error();
            one.answered = true;
        }
        if (until.passed()) break;
    }
    for (attempt& one : batch) {
        // Silence is an answer of UDP, and none of TCP.
        if (!one.answered && type == net::type::stream) {
            one.error = std::make_error_code(std::errc::timed_out);
        }
        one.socket.close();
    }
}

std::string_view state_of(const attempt& one, net::type type) {
    if (one.error == std::errc::connection_refused) return "closed";
    if (one.error) return "unreachable";
    return type == net::type::datagram && !one.answered ? "open or filtered" : "open";
}

void print(const std::vector<attempt>& attempts, net::type type, const context& shared) {
    nlohmann::json list = nlohmann::json::array();
    for (const attempt& one : attempts) {
        const auto state = state_of(one, type);
        list.push_back({{"address", one.peer.ip().to_string()},
                        {"port", one.peer.port()},
                        {"state", state},
                        {"error", one.error ? one.error.message() : ""}});
        if (shared.json) continue;
        const std::string why = one.error ? " (" + one.error.message() + ")" : "";
        // Of many ports only the open ones are worth a line, unless more is asked for.
        if (!one.error || attempts.size() == 1 || shared.verbosity > 0) {
            std::cerr << fmt::format("{} {}{}\n", one.peer.to_string(), state, why);
        }
    }
    if (shared.json) std::cout << list.dump(2) << '\n';
}

}  // namespace

std::vector<std::uint16_t> parse_ports(std::string_view text, bool udp) {
    std::vector<std::uint16_t> ports;
    for (;;) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        const auto dash = part.find('-');
        const bool is_range = dash != std::string_view::npos && !part.empty() && part[0] >= '0' &&
                              part[0] <= '9';  // services have dashes too
        const auto first = port_number(is_range ? part.substr(0, dash) : part, udp);
        const auto last = is_range ? port_number(part.substr(dash + 1), udp) : first;
        if (last < first) throw std::invalid_argument("the range is empty: " + quoted(part));
        for (unsigned port = first; port <= last; ++port)
            ports.push_back(static_cast<std::uint16_t>(port));
        if (comma == std::string_view::npos) return ports;
        text.remove_prefix(comma + 1);
    }
}

exit_code probe_ports(const link_options& options, const std::string& host,
                      const std::string& ports, const context& shared) {
    const auto type = options.type();
    const auto flags = options.numeric ? net::lookup_flag::numeric_host : net::lookup_flag::none;
    const auto numbers = parse_ports(ports, options.udp);
    const net::stop_signal stop;
    const net::endpoint where =
        net::getaddrinfo(host, "", {.family = options.family(), .type = type, .flags = flags},
                         options.wait, &stop)
            .front()
            .endpoint;
    const timeout limit = options.wait.is_none() ? timeout(options.udp ? 1s : 5s) : options.wait;
    std::vector<attempt> attempts;
    for (const std::uint16_t port : numbers)
        attempts.push_back({.peer = where.with_port(port)});
    for (std::size_t done = 0; done < attempts.size(); done += most_at_once) {
        const std::span batch(attempts.data() + done,
                              std::min(most_at_once, attempts.size() - done));
        for (attempt& one : batch)
            begin(one, type);
        wait(batch, type, limit, stop);
    }
    print(attempts, type, shared);
    const auto is_open = [](const attempt& one) { return !one.error; };
    if (std::ranges::any_of(attempts, is_open)) return exit_code::ok;
    return exit_code_of(std::system_error(attempts.back().error));
}

}  // namespace zocalo::program
