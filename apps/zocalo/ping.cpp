// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "command.hpp"
#include "duration.hpp"
#include "host.hpp"
#include "ping_statistics.hpp"
#include "zocalo/net/packet/echo.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using net::packet::echo_answer;
using net::packet::echo_socket;
using clock = std::chrono::steady_clock;

struct ping_request {
    host_request host;
    std::uint64_t count = 0;
    timeout interval = std::chrono::seconds(1);
    timeout wait = std::chrono::seconds(2);
    net::packet::echo_options options;
    bool quiet = false;
};

std::string line_of(const echo_answer& answer) {
    if (answer.error) {
        return fmt::format("From {}: seq={} {}", answer.from.to_string(), answer.sequence,
                           net::to_string(*answer.error));
    }
    std::string line = fmt::format("{} bytes from {}: seq={}", answer.size, answer.from.to_string(),
                                   answer.sequence);
    if (answer.hop_limit) line += fmt::format(" ttl={}", *answer.hop_limit);
    line += fmt::format(" time={:.3f} ms", milliseconds_of(answer.round_trip));
    if (answer.again) line += " (again)";
    if (answer.damaged) line += " (damaged)";
    return line;
}

nlohmann::json json_of(const echo_answer& answer) {
    nlohmann::json result{{"sequence", answer.sequence},
                          {"from", answer.from.to_string()},
                          {"milliseconds", milliseconds_of(answer.round_trip)}};
    if (answer.error) {
        result["error"] = net::to_string(*answer.error);
        return result;
    }
    result["bytes"] = answer.size;
    if (answer.hop_limit) result["hop_limit"] = *answer.hop_limit;
    if (answer.again) result["again"] = true;
    if (answer.damaged) result["damaged"] = true;
    return result;
}

/// One run: echoes go out on time, whatever comes back is shown and counted.
class pinger {
 public:
    pinger(const ping_request& request, const context& shared, const net::stop_condition& ctrl_c)
        : request_(request), shared_(shared), socket_(request.host.look_up(), request.options) {
        socket_.stop_with(ctrl_c);
    }

    void run() {
        if (!shared_.json) {
            std::cout << fmt::format("PING {}: {} bytes of data\n",
                                     request_.host.shown_with(socket_.host()),
                                     request_.options.size)
                      << std::flush;
        }
        if (socket_.is_raw()) say(shared_, 1, "with a raw socket");
        try {
            send_and_hear();
        } catch (const net::stopped&) {
            say(shared_, 2, "stopped");  // Ctrl-C is how it ends when there is no count
        }
        statistics_.end();
        print_end();
    }

    [[nodiscard]] exit_code code() const {
        if (statistics_.received() != 0) return exit_code::ok;
        return statistics_.errors() != 0 ? exit_code::connect : exit_code::timed_out;
    }

 private:
    void send_and_hear() {
        while (request_.count == 0 || statistics_.sent() < request_.count) {
            (void)socket_.send();
            statistics_.count_sent();
            const bool is_last = statistics_.sent() == request_.count;
            hear(deadline{is_last ? request_.wait : request_.interval}, is_last);
        }
    }

    /// Until the deadline, or after the last echo until all are accounted for.
    void hear(const deadline& until, bool is_last) {
        while (!is_last || statistics_.missing() != 0) {
            const auto answer = socket_.next(until);
            if (!answer) return;
            statistics_.count(*answer);
            print(*answer);
        }
    }

    void print(const echo_answer& answer) const {
        if (request_.quiet) return;
        std::cout << (shared_.json ? json_of(answer).dump() : line_of(answer)) << std::endl;
    }

    void print_end() const {
        if (shared_.json) {
            std::cout << statistics_.json(socket_.host()) << '\n';
        } else {
            std::cout << fmt::format("\n--- {} ping statistics ---\n",
                                     request_.host.shown_with(socket_.host()))
                      << statistics_.text();
        }
    }

    const ping_request& request_;
    const context& shared_;
    echo_socket socket_;
    ping_statistics statistics_;
};

/// No host has asked to be flooded.
void check_pace(const ping_request& request) {
    constexpr auto shortest = std::chrono::milliseconds(2);
    if (request.interval.value() < shortest) {
        throw std::invalid_argument("the shortest interval is 2ms");
    }
}

void add_options(CLI::App& command, ping_request& request) {
    add_host(command, request.host);
    command.add_option("-c,--count", request.count, "End after so many echoes")
        ->check(CLI::Range(1, 1'000'000'000));
    add_duration(command, "-i,--interval", request.interval, "Between two echoes; 1 s");
    add_duration(command, "-W,--wait", request.wait, "For answers, after the last echo; 2 s");
    command.add_option("-s,--size", request.options.size, "Bytes of data in each echo")
        ->check(CLI::Range(0, 65507))
        ->capture_default_str();
    command.add_option("-t,--ttl", request.options.hop_limit, "Hops that an echo may take")
        ->check(CLI::Range(1, 255));
    command.add_flag("-q,--quiet", request.quiet, "Only the statistics")->group("Output");
}

}  // namespace

void add_ping(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "ping", "Ask a host whether it is there, and how long the way is",
        {{"ping example.org", "an echo each second, until Ctrl-C"},
         {"ping -c 3 -i 0.2 192.0.2.1", "three, faster"},
         {"ping -6 -c 1 -W 500ms localhost", "over IPv6; fails when there is no answer in time"},
         {"ping --json -c 10 example.org", "an object for each answer and one of statistics"}});
    const auto request = std::make_shared<ping_request>();
    add_options(command, *request);
    add_json_option(command, shared);
    command.callback([request, &shared] {
        check_pace(*request);
        const net::stop_signal ctrl_c;
        pinger run{*request, shared, ctrl_c};
        run.run();
        shared.status = run.code();
    });
}

}  // namespace zocalo::program
