// SPDX-License-Identifier: MIT
#include "zocalo/net/connect_report.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

#include "net/fail.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net {

namespace {

double milliseconds(std::chrono::nanoseconds span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

/// " after 3.1 s" when somebody had to wait; the time of an answer at once tells a person nothing.
std::string wait_of(const connect_attempt& attempt) {
    const auto tenths = std::chrono::round<std::chrono::duration<int, std::deci>>(attempt.took);
    return tenths.count() == 0 ? "" : " after " + to_text(tenths);
}

/// Of which addresses, as the DNS calls them.
std::string_view record_of(family which) {
    if (which == family::inet) return "A";
    return which == family::inet6 ? "AAAA" : "addresses";
}

std::string outcome_of(const lookup_attempt& step) {
    if (step.error) return step.error.message();
    return std::to_string(step.found) + (step.found == 1 ? " address" : " addresses");
}

std::string line(std::chrono::nanoseconds started, std::chrono::nanoseconds took,
                 const std::string& what, const std::string& outcome) {
    char times[64];
    std::snprintf(times, sizeof times, "%10.1f %10.1f  ", milliseconds(started),
                  milliseconds(took));
    return times + what + ": " + outcome + '\n';
}

}  // namespace

std::string connect_report::summary() const {
    std::string text = "connect " + target;
    if (attempts.empty()) return text + " (the look-up did not end)";
    if (attempts.size() == 1) {
        const std::string peer = attempts[0].peer.to_string();
        if (peer != target) text += " (" + peer + ")";
        return text + wait_of(attempts[0]);
    }
    const char* separator = " (";
    for (const auto& attempt : attempts) {
        text += separator;
        text += attempt.peer.to_string();
        text += ": ";
        text += attempt.error.message();
        text += wait_of(attempt);
        separator = "; ";
    }
    return text + ")";
}

std::string connect_report::to_table() const {
    char all[32];
    std::snprintf(all, sizeof all, "%.1f ms", milliseconds(took));
    std::string text = escaped(target) + ": " + (error ? error.message() : "connected") +
                       " after " + all + "\n  start, ms   took, ms\n";
    for (const auto& each : lookups) {
        std::string what = "look up ";
        what += record_of(each.family);
        text += line(each.started, each.took, what + " of " + escaped(each.name), outcome_of(each));
    }
    for (const auto& each : attempts) {
        text += line(each.started, each.took, "connect " + each.peer.to_string(),
                     each.error ? each.error.message() : "connected");
    }
    for (const auto& each : layers) {
        text += line(each.started, each.took, escaped(each.name),
                     each.error ? each.error.message() : "done");
    }
    return text;
}

std::string connect_report::to_json() const {
    using nlohmann::json;
    json steps = json::array();
    const auto add = [&](const auto& step, json what) {
        what["start"] = milliseconds(step.started);
        what["milliseconds"] = milliseconds(step.took);
        what["error"] = step.error ? step.error.message() : "";
        steps.push_back(std::move(what));
    };
    for (const auto& each : lookups) {
        add(each, {{"phase", "look up"},
                   {"name", escaped(each.name)},
                   {"type", record_of(each.family)},
                   {"addresses", each.found}});
    }
    for (const auto& each : attempts)
        add(each, {{"phase", "connect"}, {"address", each.peer.to_string()}});
    for (const auto& each : layers)
        add(each, {{"phase", "layer"}, {"name", escaped(each.name)}});
    const json all{{"target", escaped(target)},
                   {"error", error ? error.message() : ""},
                   {"milliseconds", milliseconds(took)},
                   {"steps", std::move(steps)}};
    return all.dump(2, ' ', true, json::error_handler_t::replace);
}

}  // namespace zocalo::net
