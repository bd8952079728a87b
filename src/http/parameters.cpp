// SPDX-License-Identifier: MIT
#include "zocalo/http/parameters.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

void check_value(std::string_view value) {
    if (detail::all_are(detail::value_character, value)) return;
    throw std::invalid_argument("a control character in the value " + zocalo::quoted(value));
}

}  // namespace

std::optional<std::string_view> parameters::find(std::string_view name) const noexcept {
    for (const value_type& each : all_) {
        if (same_name(each.first, name)) return each.second;
    }
    return std::nullopt;
}

parameters& parameters::set(std::string_view name, std::string_view value) {
    if (!is_token(name)) throw std::invalid_argument("no name of a parameter: " + quoted(name));
    check_value(value);
    for (value_type& each : all_) {
        if (!same_name(each.first, name)) continue;
        each.second = std::string(value);
        return *this;
    }
    all_.emplace_back(lower(name), value);
    return *this;
}

bool parameters::remove(std::string_view name) {
    const std::string which(name);  // may be a view of a name in here
    return std::erase_if(all_, [&](const auto& each) { return same_name(each.first, which); }) != 0;
}

void parameters::append_to(std::string& out, std::string_view separator) const {
    for (const auto& [name, value] : all_) {
        out.append(separator).append(name) += '=';
        out += is_token(value) ? value : quoted_string(value);
    }
}

std::string quoted_string(std::string_view text) {
    check_value(text);
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made += '"';
}

}  // namespace zocalo::http
