// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "duration.hpp"
#include "host.hpp"
#include "ping_statistics.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/names.hpp"
#include "zocalo/net/packet/route_trace.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using net::packet::route_trace;
using net::packet::trace_answer;
using net::packet::trace_hop;
using net::packet::trace_stop;

struct trace_request {
    host_request host;
    net::packet::trace_options options;
    bool names = false;
};

/// The name of an address in front of it, where there is one.
std::string named(const net::address& ip) {
    try {
        const net::endpoint where(ip, 0);
        const auto name = net::getnameinfo(where, net::name_flag::name_required).host;
        return escaped(name) + " (" + ip.to_string() + ')';
    } catch (const std::system_error&) {
        return ip.to_string();
    }
}

/// As traceroute(8) has it: an address once, then the times of its answers; `*` for none.
std::string line_of(const trace_hop& hop, const trace_request& request) {
    std::string line = fmt::format("{:2} ", hop.distance);
    std::optional<net::address> last;
    for (const auto& answer : hop.answers) {
        if (!answer) {
            line += " *";
            continue;
        }
        if (last != answer->from) {
            line += ' ';
            line += request.names ? named(answer->from) : answer->from.to_string();
        }
        last = answer->from;
        line += fmt::format("  {:.3f} ms", milliseconds_of(answer->round_trip));
        if (answer->stop == trace_stop::refusal) {
            line += " (" + net::to_string(*answer->report) + ')';
        }
    }
    return line;
}

nlohmann::json json_of(const trace_answer& answer, const trace_request& request) {
    nlohmann::json result{{"from", answer.from.to_string()},
                          {"milliseconds", milliseconds_of(answer.round_trip)},
                          {"host", answer.stop == trace_stop::host}};
    if (request.names) result["name"] = named(answer.from);
    if (answer.stop == trace_stop::refusal) result["refusal"] = net::to_string(*answer.report);
    return result;
}

nlohmann::json json_of(const trace_hop& hop, const trace_request& request) {
    nlohmann::json answers = nlohmann::json::array();
    for (const auto& answer : hop.answers)
        answers.push_back(answer ? json_of(*answer, request) : nlohmann::json());
    return {{"distance", hop.distance}, {"answers", std::move(answers)}};
}

bool is_refused(const trace_hop& hop) {
    return std::ranges::any_of(hop.answers, [](const auto& answer) {
        return answer && answer->stop == trace_stop::refusal;
    });
}

exit_code trace(const trace_request& request, const context& shared) {
    const net::stop_signal ctrl_c;
    const net::address host = request.host.look_up();
    route_trace way{host, request.options};
    way.stop_with(ctrl_c);
    if (!shared.json) {
        std::cout << fmt::format("the way to {}, {} hops at most\n", request.host.shown_with(host),
                                 request.options.last)
                  << std::flush;
    }
    bool refused = false;
    while (const auto hop = way.next()) {
        refused = refused || is_refused(*hop);
        std::cout << (shared.json ? json_of(*hop, request).dump() : line_of(*hop, request))
                  << std::endl;
    }
    if (way.reached()) return exit_code::ok;
    std::cerr << "zocalo: " << request.host.shown_with(host) << " was not reached\n";
    return refused ? exit_code::connect : exit_code::timed_out;
}

void add_options(CLI::App& command, trace_request& request) {
    add_host(command, request.host);
    command.add_option("-f,--first", request.options.first, "Begin so many hops away")
        ->check(CLI::Range(1, 255))
        ->capture_default_str();
    command.add_option("-m,--max-hops", request.options.last, "End so many hops away")
        ->check(CLI::Range(1, 255))
        ->capture_default_str();
    command.add_option("-q,--queries", request.options.probes, "Questions for each distance")
        ->check(CLI::Range(1, 10))
        ->capture_default_str();
    command.add_option("-N,--sim-queries", request.options.at_once, "Questions under way at once")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command.add_option("-p,--port", request.options.port, "Where the first question goes to")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    command.add_option("-s,--size", request.options.size, "Bytes of data in each question")
        ->check(CLI::Range(0, 1400))
        ->capture_default_str();
    add_duration(command, "-w,--wait", request.options.wait, "For each answer; 3 s");
    command.add_flag("-x,--reverse", request.names, "Also the name of each address");
}

}  // namespace

void add_trace(CLI::App& program, context& shared) {
    auto& command = new_command(program, shared, "trace",
                                "Show the routers on the way to a host; needs no rights",
                                {{"trace example.org", "three questions for each router"},
                                 {"trace -q 1 -w 500ms -m 10 192.0.2.1", "faster, and not so far"},
                                 {"trace -x -6 example.org", "over IPv6, with names"},
                                 {"trace --json example.org", "an object for each router"}});
    const auto request = std::make_shared<trace_request>();
    add_options(command, *request);
    add_json_option(command, shared);
    command.callback([request, &shared] { shared.status = trace(*request, shared); });
}

}  // namespace zocalo::program
