// SPDX-License-Identifier: MIT
#include "zocalo/url/query.hpp"

#include <algorithm>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::url {

namespace {

void add_field(fields& to, std::string_view piece, const query_options& options) {
    if (piece.empty() && !options.strict) return;
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos) {
        if (options.strict) throw protocol_error("query: field without =: " + quoted(piece));
        if (!options.keep_blank_values) return;
    }
    const auto name = piece.substr(0, equals);
    const auto value = equals == std::string_view::npos ? "" : piece.substr(equals + 1);
    if (value.empty() && !options.keep_blank_values) return;
    to.emplace_back(unquote_plus(name), unquote_plus(value));
}

}  // namespace

fields parse_qsl(std::string_view query, const query_options& options) {
    fields parsed;
    if (query.empty()) return parsed;
    const auto count = std::ranges::count(query, options.separator) + 1;
    if (std::cmp_greater(count, options.max_fields)) {
        throw protocol_error("query: more than " + std::to_string(options.max_fields) + " fields");
    }
    for (std::string_view rest = query;;) {
        const auto end = rest.find(options.separator);
        add_field(parsed, rest.substr(0, end), options);
        if (end == std::string_view::npos) return parsed;
        rest.remove_prefix(end + 1);
    }
}

std::map<std::string, std::vector<std::string>> parse_qs(std::string_view query,
                                                         const query_options& options) {
    std::map<std::string, std::vector<std::string>> by_name;
    for (auto& [name, value] : parse_qsl(query, options))
        by_name[name].push_back(std::move(value));
    return by_name;
}

std::string urlencode(const fields& from) {
    std::string query;
    for (const auto& [name, value] : from) {
        if (!query.empty()) query += '&';
        query += quote_plus(name);
        query += '=';
        query += quote_plus(value);
    }
    return query;
}

}  // namespace zocalo::url
