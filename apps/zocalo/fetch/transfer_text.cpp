// SPDX-License-Identifier: MIT
#include "fetch/transfer_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

std::string seconds_text(nanoseconds span) {
    return fmt::format("{:.6f}", std::chrono::duration<double>(span).count());
}

double milliseconds(nanoseconds span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

/// The last request's; what it took to get there by redirects comes on top.
nanoseconds until(const transfer_report& of, nanoseconds http::exchange_times::* end) {
    if (of.hops.empty()) return {};
    const http::exchange_times& times = of.hops.back().times;
    nanoseconds sum{};
    for (const auto part : {&http::exchange_times::waited, &http::exchange_times::lookup,
                            &http::exchange_times::connect, &http::exchange_times::tunnel,
                            &http::exchange_times::tls, &http::exchange_times::first_byte}) {
        sum += times.*part;
        if (part == end) break;
    }
    return sum;
}

nanoseconds redirected(const transfer_report& of) {
    nanoseconds sum{};
    for (std::size_t i = 0; i + 1 < of.hops.size(); ++i)
        sum += of.hops[i].times.total;
    return sum;
}

std::string speed(std::uint64_t bytes, const transfer_report& of) {
    const double took = std::chrono::duration<double>(of.took).count();
    return fmt::format("{:.0f}", took > 0 ? static_cast<double>(bytes) / took : 0);
}

struct variable {
    std::string_view name;
    std::string (*value)(const transfer_report& of);
};

using report = transfer_report;
using times = http::exchange_times;

const variable variables[] = {
    {"http_code", [](const report& of) { return fmt::format("{:03}", of.status); }},
    {"response_code", [](const report& of) { return fmt::format("{:03}", of.status); }},
    {"content_type", [](const report& of) { return of.type; }},
    {"errormsg", [](const report& of) { return of.error; }},
    {"exitcode", [](const report& of) { return fmt::format("{}", static_cast<int>(of.code)); }},
    {"filename_effective", [](const report& of) { return of.path; }},
    {"http_version",
     [](const report& of) {
         constexpr std::size_t name = std::string_view("HTTP/").size();
         return of.hops.empty() ? "0" : std::string(to_text(of.hops.back().version).substr(name));
     }},
    {"method",
     [](const report& of) {
         return of.hops.empty() ? std::string() : std::string(of.hops.back().method.text());
     }},
    {"num_connects",
     [](const report& of) {
         const auto is_new = [](const http::hop& each) { return !each.times.is_reused; };
         return fmt::format("{}", std::ranges::count_if(of.hops, is_new));
     }},
    {"num_redirects",
     [](const report& of) { return fmt::format("{}", of.hops.empty() ? 0 : of.hops.size() - 1); }},
    {"num_retries", [](const report& of) { return fmt::format("{}", of.tries - 1); }},
    {"remote_ip",
     [](const report& of) {
         return of.hops.empty() ? std::string() : of.hops.back().peer.ip().to_string();
     }},
    {"remote_port",
     [](const report& of) {
         return fmt::format("{}", of.hops.empty() ? 0 : of.hops.back().peer.port());
     }},
    {"size_download", [](const report& of) { return fmt::format("{}", of.size); }},
    {"size_upload", [](const report& of) { return fmt::format("{}", of.sent); }},
    {"scheme", [](const report& of) { return of.url.substr(0, of.url.find("://")); }},
    {"speed_download", [](const report& of) { return speed(of.size, of); }},
    {"speed_upload", [](const report& of) { return speed(of.sent, of); }},
    {"time_namelookup", [](const report& of) { return seconds_text(until(of, &times::lookup)); }},
    {"time_connect", [](const report& of) { return seconds_text(until(of, &times::connect)); }},
    {"time_appconnect", [](const report& of) { return seconds_text(until(of, &times::tls)); }},
    {"time_redirect", [](const report& of) { return seconds_text(redirected(of)); }},
    {"time_starttransfer",
     [](const report& of) { return seconds_text(redirected(of) + until(of, &times::first_byte)); }},
    {"time_total", [](const report& of) { return seconds_text(of.took); }},
    {"url_effective", [](const report& of) { return of.url; }},
};

const variable& find_variable(std::string_view name) {
    for (const variable& each : variables)
        if (each.name == name) return each;
    throw std::invalid_argument("-w: no variable " + quoted(name));
}

/// What a backslash and that letter stand for.
std::string unescaped(char letter) {
    if (letter == 'n') return "\n";
    if (letter == 't') return "\t";
    if (letter == 'r') return "\r";
    return letter == '\\' ? "\\" : std::string("\\") + letter;
}

json json_of(const http::hop& hop) {
    return {{"url", escaped(hop.url, 4096)},
            {"method", hop.method.text()},
            {"status", number(hop.status)},
            {"version", to_text(hop.version)},
            {"peer", hop.peer.to_string()},
            {"reused", hop.times.is_reused},
            {"milliseconds",
             {{"waited", milliseconds(hop.times.waited)},
              {"lookup", milliseconds(hop.times.lookup)},
              {"connect", milliseconds(hop.times.connect)},
              {"tunnel", milliseconds(hop.times.tunnel)},
              {"tls", milliseconds(hop.times.tls)},
              {"first_byte", milliseconds(hop.times.first_byte)},
              {"total", milliseconds(hop.times.total)}}}};
}

json json_of(const transfer_report& of) {
    json result{{"url", escaped(of.url, 4096)},
                {"bytes", of.size},
                {"bytes_sent", of.sent},
                {"tries", of.tries},
                {"milliseconds", milliseconds(of.took)},
                {"exit_code", static_cast<int>(of.code)}};
    if (of.status != 0) result["status"] = of.status;
    if (!of.path.empty()) result["file"] = escaped(of.path, 4096);
    if (!of.type.empty()) result["type"] = escaped(of.type);
    if (!of.error.empty()) result["error"] = escaped(of.error, 4096);
    json& requests = result["requests"] = json::array();
    for (const http::hop& hop : of.hops)
        requests.push_back(json_of(hop));
    return result;
}

}  // namespace

std::string formatted(std::string_view format, const transfer_report& of) {
    std::string text;
    while (!format.empty()) {
        const char first = format.front();
        const auto end = format.starts_with("%{") ? format.find('}') : std::string_view::npos;
        if (end != std::string_view::npos) {
            text += find_variable(format.substr(2, end - 2)).value(of);
            format.remove_prefix(end + 1);
        } else if (first == '\\' && format.size() > 1) {
            text += unescaped(format[1]);
            format.remove_prefix(2);
        } else {
            if (first == '%' && format.starts_with("%%")) format.remove_prefix(1);
            text += first;
            format.remove_prefix(1);
        }
    }
    return text;
}

std::string head_text(const http::response_head& head) {
    std::string text = fmt::format("{} {}", to_text(head.version), number(head.status));
    if (!head.reason.empty()) text += ' ' + head.reason;
    text += "\r\n";
    head.fields.append_to(text);
    return text + "\r\n";
}

std::string json_report(const std::vector<transfer_report>& all) {
    json list = json::array();
    for (const transfer_report& each : all)
        list.push_back(json_of(each));
    return list.dump(2) + "\n";
}

}  // namespace zocalo::program
