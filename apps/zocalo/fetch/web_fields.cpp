// SPDX-License-Identifier: MIT
// The fields of a request, as curl's options say them.
#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "fetch/letters.hpp"
#include "fetch/web_options.hpp"
#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::program {

namespace {

struct given_field {
    std::string name;
    std::string value;
    bool is_taken_away = false;
};

given_field field_in(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos && line.ends_with(';'))
        return {.name = std::string(line.substr(0, line.size() - 1)), .value = {}};
    const std::string name(line.substr(0, colon));
    if (colon == std::string_view::npos)
        throw std::invalid_argument("-H: not NAME:VALUE or NAME; " + quoted(name));
    const std::string_view value = trimmed(line.substr(colon + 1));
    return {.name = name, .value = std::string(value), .is_taken_away = value.empty()};
}

std::vector<given_field> given_in(const web_options& options) {
    std::vector<given_field> all;
    for (const std::string& each : options.fields) {
        if (!each.starts_with('@')) {
            if (!each.empty()) all.push_back(field_in(each));
            continue;
        }
        std::istringstream lines(read_file(each.substr(1)));
        for (std::string line; std::getline(lines, line);)
            if (!trimmed(line).empty()) all.push_back(field_in(line));
    }
    return all;
}

/// Those of -H and of -b, in one field (RFC 6265 §5.4).
void join_cookies(http::fields& all, const std::vector<std::string>& given) {
    std::string joined;
    const auto add = [&joined](std::string_view cookies) {
        if (!joined.empty()) joined += "; ";
        joined += cookies;
    };
    for (const http::field each : all) {
        if (http::same_name(each.name, "Cookie")) add(each.value);
    }
    for (const std::string& each : given) {
        if (each.find('=') != std::string::npos) add(each);
    }
    if (!joined.empty()) all.set("Cookie", joined);
}

/// What a server could not do without, or what is said by other options.
bool must_stay(std::string_view name) {
    constexpr std::string_view known[] = {
        "Host",          "Content-Length",      "Connection", "Transfer-Encoding",
        "Authorization", "Proxy-Authorization", "Cookie"};
    return std::ranges::any_of(known,
                               [&](std::string_view each) { return http::same_name(name, each); });
}

}  // namespace

bool web_fields::leaves_out(std::string_view name) const noexcept {
    return std::ranges::any_of(
        without, [&](const std::string& each) { return http::same_name(name, each); });
}

web_fields fields_of(const web_options& options) {
    web_fields all;
    std::vector<given_field> given = given_in(options);
    for (const given_field& each : given)
        if (!each.is_taken_away) all.sent.add(each.name, each.value);
    if (options.agent == "" && !all.sent.contains("User-Agent"))
        all.without.emplace_back("User-Agent");
    for (given_field& each : given) {
        if (!each.is_taken_away || all.sent.contains(each.name)) continue;
        if (must_stay(each.name))
            throw std::invalid_argument("-H " + quoted(each.name + ":") +
                                        ": it cannot be left out");
        all.without.push_back(std::move(each.name));
    }
    join_cookies(all.sent, options.cookies);
    if (!options.agent.value_or("").empty()) all.sent.set("User-Agent", *options.agent);
    const std::string referer = referer_of(options).first;
    if (!referer.empty()) all.sent.set("Referer", referer);
    return all;
}

std::pair<std::string, bool> referer_of(const web_options& options) {
    constexpr std::string_view mark = ";auto";
    const std::string& text = options.referer;
    if (!text.ends_with(mark)) return {text, false};
    return {text.substr(0, text.size() - mark.size()), true};
}

}  // namespace zocalo::program
