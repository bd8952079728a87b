// SPDX-License-Identifier: MIT
// TCP ports are probed many at once: each attempt waits for an answer that may never come.
#include "relay/probe.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "relay/dial.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_at_once = 128;

/// One port and what became of it.
struct attempt {
    net::endpoint peer;
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

io::task<> connect_to(attempt& one, timeout limit) {
    try {
        co_await io::timeout(limit, io::connect(one.peer));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        one.error = error.code();
    }
}

/// Silence is an answer of UDP: only a closed port makes the system answer.
io::task<> ask(attempt& one, timeout limit) {
    try {
        net::socket connected(one.peer.family(), net::type::datagram);
        connected.connect(one.peer);
        io::datagram socket(std::move(connected));
        co_await socket.send("");
        char answer[1];
        co_await io::timeout(limit, socket.receive_from(mutable_buffer(answer)));
        one.answered = true;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out) one.error = error.code();
    }
}

io::task<> try_one(attempt& one, bool udp, timeout limit, io::semaphore& slots) {
    const auto slot = co_await slots.acquire();
    if (udp) {
        co_await ask(one, limit);
    } else {
        co_await connect_to(one, limit);
    }
}

io::task<> try_all(std::vector<attempt>& attempts, bool udp, timeout limit) {
    io::semaphore slots(most_at_once);
    std::vector<io::task<>> each;
    for (attempt& one : attempts)
        each.push_back(try_one(one, udp, limit, slots));
    co_await io::all(std::move(each));
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

io::task<> probe_ports(const connect_request& request, context& shared) {
    const auto numbers = parse_ports(request.port, request.udp);
    std::vector<net::address> found;
    std::vector<attempt> attempts;
    for (const std::uint16_t port : numbers) {
        if (found.empty() || !request.overrides.empty()) {  // they are for one port each
            found = co_await io::timeout(
                request.wait, addresses_of(request, {request.host, port}, request.family()));
        }
        for (const net::address& ip : found)
            attempts.push_back({.peer = {ip, port}});
    }
    const timeout usual(request.udp ? 1s : 5s);
    co_await try_all(attempts, request.udp, request.wait.is_none() ? usual : request.wait);
    print(attempts, request.type(), shared);
    const auto is_open = [](const attempt& one) { return !one.error; };
    shared.status = std::ranges::any_of(attempts, is_open)
                        ? exit_code::ok
                        : exit_code_of(std::system_error(attempts.back().error));
}

}  // namespace zocalo::program
