// SPDX-License-Identifier: MIT
#include "zocalo/serve/metrics.hpp"

#include <span>

namespace zocalo::serve {

namespace {

struct line {
    std::string_view label;  ///< beside the server's name, or nothing
    std::uint64_t counters::* value;
};

/// A metric with a line for each way in which it can be.
struct metric {
    std::string_view name;
    std::string_view help;
    std::span<const line> lines;
};

constexpr line accepted[] = {{"", &counters::accepted}};
constexpr line refused[] = {
    {"reason=\"address\"", &counters::refused_address},
    {"reason=\"rate\"", &counters::refused_rate},
    {"reason=\"owner\"", &counters::refused_by_owner},
};
constexpr line ended[] = {
    {"how=\"handled\"", &counters::handled},     {"how=\"failed\"", &counters::failed},
    {"how=\"timed_out\"", &counters::timed_out}, {"how=\"evicted\"", &counters::evicted},
    {"how=\"cut_off\"", &counters::cut_off},
};
constexpr line exhausted[] = {{"", &counters::exhausted}};
constexpr line received[] = {{"", &counters::bytes_received}};
constexpr line sent[] = {{"", &counters::bytes_sent}};

constexpr metric all[] = {
    {"zocalo_connections_accepted_total", "Connections taken, those turned away too.", accepted},
    {"zocalo_connections_refused_total", "Connections turned away.", refused},
    {"zocalo_connections_ended_total", "Connections that have ended.", ended},
    {"zocalo_exhausted_total", "Times that descriptors or memory ran out.", exhausted},
    {"zocalo_received_bytes_total", "Bytes received on connections that have ended.", received},
    {"zocalo_sent_bytes_total", "Bytes sent on connections that have ended.", sent},
};

void append_head(std::string& to, std::string_view name, std::string_view help,
                 std::string_view type) {
    to += "# HELP ";
    to += name;
    to += ' ';
    to += help;
    to += "\n# TYPE ";
    to += name;
    to += ' ';
    to += type;
    to += '\n';
}

void append_line(std::string& to, std::string_view name, std::string_view server,
                 std::string_view label, std::uint64_t value) {
    to += name;
    to += "{server=\"";
    to += prometheus_label(server);
    to += '"';
    if (!label.empty()) {
        to += ',';
        to += label;
    }
    to += "} ";
    to += std::to_string(value);
    to += '\n';
}

void append_lines(std::string& to, const metric& one, const named_counters& server) {
    for (const line& each : one.lines)
        append_line(to, one.name, server.server, each.label, server.of.*each.value);
}

}  // namespace

std::string prometheus_label(std::string_view value) {
    std::string escaped;
    for (const char c : value) {
        if (c == '\\' || c == '"') escaped += '\\';
        if (c == '\n') {
            escaped += "\\n";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string to_prometheus(std::span<const named_counters> servers) {
    std::string text;
    for (const metric& one : all) {
        append_head(text, one.name, one.help, "counter");
        for (const named_counters& each : servers)
            append_lines(text, one, each);
    }
    append_head(text, "zocalo_connections_active", "Connections that are open now.", "gauge");
    for (const named_counters& each : servers)
        append_line(text, "zocalo_connections_active", each.server, "", each.of.active);
    return text;
}

std::string to_prometheus(const counters& of, std::string_view server) {
    return to_prometheus({{server, of}});
}

}  // namespace zocalo::serve
