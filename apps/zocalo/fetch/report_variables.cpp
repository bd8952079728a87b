// SPDX-License-Identifier: MIT
#include "fetch/report_variables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "zocalo/url/uri.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

/// Bytes that are no UTF-8 are replaced.
std::string json_text(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string seconds_text(nanoseconds span) {
    return fmt::format("{:.6f}", std::chrono::duration<double>(span).count());
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

/// Where it would have gone on; empty for what is no redirect.
std::string redirect_of(const transfer_report& of) {
    const std::string_view where = of.head.fields.get("Location");
    if (!is_redirection(of.head.status) || where.empty()) return {};
    const auto base = url::uri::try_parse(of.url);
    const auto reference = url::uri::try_parse(where);
    return base && reference ? base->join(*reference).to_string() : std::string(where);
}

/// An object as curl writes it: names in lower case, in the order in which they came, and the
/// values of each in a list.
std::string header_json(const transfer_report& of) {
    std::vector<std::pair<std::string, json>> all;
    for (const http::field each : of.head.fields) {
        std::string name(each.name);
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
        auto known = std::ranges::find(all, name, &std::pair<std::string, json>::first);
        if (known == all.end()) known = all.insert(all.end(), {name, json::array()});
        known->second.push_back(std::string(each.value));
    }
    std::string text = "{";
    for (const auto& [name, values] : all) {
        if (text.size() > 1) text += ",\n";
        text += json(name).dump() + ":" + json_text(values);
    }
    return text + "\n}";
}

/// A name or address alone.
std::string ip_of(const net::endpoint& of) {
    return of.is_inet() ? of.ip().to_string() : std::string();
}

unsigned port_of(const net::endpoint& of) {
    return of.is_inet() ? of.port() : 0U;
}

enum class shape { text, number };

struct variable {
    std::string_view name;
    shape is;
    std::string (*value)(const transfer_report& of);
};

using report = transfer_report;
using times = http::exchange_times;

constexpr shape text = shape::text;
constexpr shape figure = shape::number;

net::endpoint peer_of(const report& of) {
    return of.hops.empty() ? net::endpoint() : of.hops.back().peer;
}

net::endpoint local_of(const report& of) {
    return of.hops.empty() ? net::endpoint() : of.hops.back().local;
}

std::string version_of(const report& of) {
    constexpr std::size_t name = std::string_view("HTTP/").size();
    return of.hops.empty() ? "0" : std::string(to_text(of.hops.back().version).substr(name));
}

std::string method_of(const report& of) {
    return of.hops.empty() ? std::string() : std::string(of.hops.back().method.text());
}

std::string connects_of(const report& of) {
    const auto is_new = [](const http::hop& each) { return !each.times.is_reused; };
    return std::to_string(std::ranges::count_if(of.hops, is_new));
}

std::string handshake_end(const report& of) {
    const bool has_tls = !of.hops.empty() && of.hops.back().times.tls.count() != 0;
    return seconds_text(has_tls ? until(of, &times::tls) : nanoseconds());
}

std::string status_of(const report& of) {
    return fmt::format("{:03}", of.status);
}

/// All but `json`, which has each of them, in the order of curl's.
const variable variables[] = {
    {"content_type", text, [](const report& of) { return of.type; }},
    {"errormsg", text, [](const report& of) { return of.error; }},
    {"exitcode", figure,
     [](const report& of) { return std::to_string(static_cast<int>(of.code)); }},
    {"filename_effective", text, [](const report& of) { return of.path; }},
    {"http_code", figure, status_of},
    {"http_version", text, version_of},
    {"local_ip", text, [](const report& of) { return ip_of(local_of(of)); }},
    {"local_port", figure, [](const report& of) { return std::to_string(port_of(local_of(of))); }},
    {"method", text, method_of},
    {"num_connects", figure, connects_of},
    {"num_headers", figure, [](const report& of) { return std::to_string(of.head.fields.size()); }},
    {"num_redirects", figure, [](const report& of) { return std::to_string(of.redirects); }},
    {"num_retries", figure, [](const report& of) { return std::to_string(of.tries - 1); }},
    {"redirect_url", text, redirect_of},
    {"referer", text, [](const report& of) { return of.referer; }},
    {"remote_ip", text, [](const report& of) { return ip_of(peer_of(of)); }},
    {"remote_port", figure, [](const report& of) { return std::to_string(port_of(peer_of(of))); }},
    {"response_code", figure, status_of},
    {"scheme", text, [](const report& of) { return of.url.substr(0, of.url.find("://")); }},
    {"size_download", figure, [](const report& of) { return std::to_string(of.size); }},
    {"size_header", figure, [](const report& of) { return std::to_string(of.heads); }},
    {"size_request", figure, [](const report& of) { return std::to_string(of.requests); }},
    {"size_upload", figure, [](const report& of) { return std::to_string(of.sent); }},
    {"speed_download", figure, [](const report& of) { return speed(of.size, of); }},
    {"speed_upload", figure, [](const report& of) { return speed(of.sent, of); }},
    {"ssl_verify_result", figure,
     [](const report& of) { return std::string(of.is_unverified ? "1" : "0"); }},
    {"time_appconnect", figure, handshake_end},
    {"time_connect", figure,
     [](const report& of) { return seconds_text(until(of, &times::connect)); }},
    {"time_namelookup", figure,
     [](const report& of) { return seconds_text(until(of, &times::lookup)); }},
    {"time_pretransfer", figure,
     [](const report& of) { return seconds_text(until(of, &times::tls)); }},
    {"time_redirect", figure, [](const report& of) { return seconds_text(redirected(of)); }},
    {"time_starttransfer", figure,
     [](const report& of) { return seconds_text(redirected(of) + until(of, &times::first_byte)); }},
    {"time_total", figure, [](const report& of) { return seconds_text(of.took); }},
    {"url", text, [](const report& of) { return of.asked; }},
    {"url_effective", text, [](const report& of) { return of.url; }},
    {"urlnum", figure, [](const report& of) { return std::to_string(of.number); }},
};

const variable* find_variable(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(variables, name, &variable::name);
    return found == std::end(variables) ? nullptr : found;
}

/// A status of three digits is no number of JSON when it begins with 0.
std::string json_figure(const variable& which, const report& of) {
    return which.value == status_of ? std::to_string(of.status) : which.value(of);
}

std::string json_of(const report& of) {
    std::string all = "{";
    for (const variable& each : variables) {
        if (all.size() > 1) all += ',';
        all += json(each.name).dump() + ":";
        if (each.is == shape::number) {
            all += json_figure(each, of);
            continue;
        }
        const std::string value = each.value(of);
        all += value.empty() ? "null" : json_text(value);
    }
    return all + "}";
}

constexpr std::string_view parts[] = {"scheme", "host", "port", "path", "query"};

/// The part of a URL, of what was asked for (`url.`) or of what it led to (`urle.`); curl's names.
std::string_view part_of(std::string_view name) noexcept {
    const std::size_t dot = name.find('.');
    const std::string_view whole = name.substr(0, dot);
    if (dot == std::string_view::npos || (whole != "url" && whole != "urle")) return {};
    const auto* const found = std::ranges::find(parts, name.substr(dot + 1));
    return found == std::end(parts) ? std::string_view() : *found;
}

std::string default_port(std::string_view scheme) {
    if (scheme == "https") return "443";
    if (scheme == "http") return "80";
    return scheme.starts_with("gopher") ? "70" : "";
}

std::string part_of_url(const std::string& whole, std::string_view part) {
    const auto url = url::uri::try_parse(whole);
    if (!url) return {};
    if (part == "scheme") return std::string(url->scheme());
    if (part == "host") return std::string(url->host());
    if (part == "path") return std::string(url->path().empty() ? "/" : url->path());
    if (part == "query") return std::string(url->query().value_or(""));
    return url->port() ? std::to_string(*url->port()) : default_port(url->scheme());
}

}  // namespace

bool is_variable(std::string_view name) noexcept {
    return name == "json" || name == "header_json" || !part_of(name).empty() ||
           find_variable(name) != nullptr;
}

std::string value_of(std::string_view name, const transfer_report& of) {
    if (name == "json") return json_of(of);
    if (name == "header_json") return header_json(of);
    if (const std::string_view part = part_of(name); !part.empty())
        return part_of_url(name.starts_with("urle") ? of.url : of.asked, part);
    const variable* const known = find_variable(name);
    return known == nullptr ? std::string() : known->value(of);
}

}  // namespace zocalo::program
