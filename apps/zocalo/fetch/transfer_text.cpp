// SPDX-License-Identifier: MIT
#include "fetch/transfer_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/url/uri.hpp"

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

/// What is in the braces that a format begins with; empty when it does not.
std::string_view name_behind(std::string_view format, std::string_view mark) {
    const std::size_t end = format.find('}');
    if (!format.starts_with(mark) || end == std::string_view::npos) return {};
    return format.substr(mark.size(), end - mark.size());
}

/// Where it would have gone on; empty for what is no redirect.
std::string redirect_of(const transfer_report& of) {
    const std::string_view where = of.head.fields.get("Location");
    if (!is_redirection(of.head.status) || where.empty()) return {};
    const auto base = url::uri::try_parse(of.url);
    const auto reference = url::uri::try_parse(where);
    return base && reference ? base->join(*reference).to_string() : std::string(where);
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
    {"num_redirects", [](const report& of) { return fmt::format("{}", of.redirects); }},
    {"num_retries", [](const report& of) { return fmt::format("{}", of.tries - 1); }},
    {"remote_ip",
     [](const report& of) {
         return of.hops.empty() ? std::string() : of.hops.back().peer.ip().to_string();
     }},
    {"remote_port",
     [](const report& of) {
         return fmt::format("{}", of.hops.empty() ? 0 : of.hops.back().peer.port());
     }},
    {"redirect_url", redirect_of},
    {"size_download", [](const report& of) { return fmt::format("{}", of.size); }},
    {"size_header", [](const report& of) { return fmt::format("{}", of.heads); }},
    {"size_upload", [](const report& of) { return fmt::format("{}", of.sent); }},
    {"scheme", [](const report& of) { return of.url.substr(0, of.url.find("://")); }},
    {"speed_download", [](const report& of) { return speed(of.size, of); }},
    {"speed_upload", [](const report& of) { return speed(of.sent, of); }},
    {"time_namelookup", [](const report& of) { return seconds_text(until(of, &times::lookup)); }},
    {"time_connect", [](const report& of) { return seconds_text(until(of, &times::connect)); }},
    {"time_appconnect",
     [](const report& of) {
         const bool has_tls = !of.hops.empty() && of.hops.back().times.tls.count() != 0;
         return seconds_text(has_tls ? until(of, &times::tls) : nanoseconds());
     }},
    {"time_pretransfer", [](const report& of) { return seconds_text(until(of, &times::tls)); }},
    {"time_redirect", [](const report& of) { return seconds_text(redirected(of)); }},
    {"time_starttransfer",
     [](const report& of) { return seconds_text(redirected(of) + until(of, &times::first_byte)); }},
    {"time_total", [](const report& of) { return seconds_text(of.took); }},
    {"url", [](const report& of) { return of.asked; }},
    {"urlnum", [](const report& of) { return fmt::format("{}", of.number); }},
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

formatted_report formatted(std::string_view format, const transfer_report& of) {
    formatted_report all;
    std::string* text = &all.output;
    while (!format.empty()) {
        const char first = format.front();
        const std::string_view name = name_behind(format, "%{");
        const std::string_view field = name_behind(format, "%header{");
        if (!field.empty()) {
            *text += of.head.fields.get(field);
        } else if (name == "onerror") {
            if (of.code == exit_code::ok) break;
        } else if (name == "stdout" || name == "stderr") {
            text = name == "stdout" ? &all.output : &all.error;
        } else if (!name.empty()) {
            *text += find_variable(name).value(of);
        } else if (first == '\\' && format.size() > 1) {
            *text += unescaped(format[1]);
            format.remove_prefix(1);
        } else {
            if (first == '%' && format.starts_with("%%")) format.remove_prefix(1);
            *text += first;
        }
        const bool is_name = !name.empty() || !field.empty();
        format.remove_prefix(is_name ? format.find('}') + 1 : 1);
    }
    return all;
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
