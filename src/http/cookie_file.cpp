// SPDX-License-Identifier: MIT
// Both formats are lines. What only one program writes is read, and not written.
#include "zocalo/http/cookie_file.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <vector>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/host.hpp"

namespace zocalo::http {

namespace {

using std::chrono::sys_seconds;

constexpr std::string_view netscape_header =
    "# Netscape HTTP Cookie File\n"
    "# http://curl.haxx.se/rfc/cookie_spec.html\n"
    "# This is a generated file!  Do not edit.\n\n";
constexpr std::string_view lwp_header = "#LWP-Cookies-2.0\n";
constexpr std::string_view http_only_mark = "#HttpOnly_";

std::string_view take_line(std::string_view& text) noexcept {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::vector<cookie> chosen(const cookie_jar& jar, sys_seconds now,
                           const cookie_file_options& options) {
    std::vector<cookie> all = jar.all();
    std::erase_if(all, [&](const cookie& each) {
        const bool is_expired = each.expires && *each.expires <= now;
        return (!each.expires && !options.with_session) || (is_expired && !options.with_expired);
    });
    return all;
}

/// With a dot in front, as both formats say that it is for all that is below.
std::string domain_text(const cookie& from) {
    return (from.host_only ? "" : ".") + from.domain;
}

/// The domain as written; with a dot, or Python's "example.local" for a host without one.
void set_domain(cookie& into, std::string_view text) {
    into.host_only = !text.starts_with('.');
    if (!into.host_only) text.remove_prefix(1);
    if (const auto host = url::host::try_parse(text)) into.domain = host->to_string();
}

/// Whether it went in.
bool try_add(cookie_jar& into, cookie&& made, sys_seconds now) {
    if (made.expires && *made.expires <= now) return false;
    try {
        into.add(std::move(made), now);
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

// --- Netscape: domain, whether it is for all below, path, whether secure, date, name, value

/// Of 1970. Python writes nothing for a cookie of the session, and curl 0. What is beyond the year
/// 9999 neither format can say.
std::optional<sys_seconds> read_seconds(std::string_view text) {
    constexpr std::uint64_t last = 253'402'300'799;
    const bool is_number =
        !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    const std::uint64_t when =
        from_digits<std::uint64_t>(text).value_or(is_number ? last : std::uint64_t{0});
    if (when == 0) return std::nullopt;
    return sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(std::min(when, last))));
}

std::optional<cookie> read_netscape(std::string_view line) {
    cookie read;
    read.http_only = line.starts_with(http_only_mark);
    if (read.http_only) line.remove_prefix(http_only_mark.size());
    std::array<std::string_view, 7> columns;
    if (std::ranges::count(line, '\t') != 6) return std::nullopt;
    for (std::string_view& column : columns) {
        column = line.substr(0, line.find('\t'));
        line.remove_prefix(std::min(column.size() + 1, line.size()));
    }
    set_domain(read, columns[0]);
    read.host_only = columns[1] != "TRUE";
    read.path = columns[2];
    read.secure = columns[3] == "TRUE";
    read.expires = read_seconds(columns[4].substr(0, columns[4].find('.')));
    read.name = columns[5];
    read.value = columns[6];
    return read;
}

/// Whether the first line that is no comment is one, in a file that does not say what it is.
bool begins_as_netscape(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = take_line(text);
        if (line.empty() || (line.starts_with('#') && !line.starts_with(http_only_mark))) continue;
        const auto is_word = [&line] {
            line.remove_prefix(std::min(line.find('\t') + 1, line.size()));
            const std::string_view column = line.substr(0, line.find('\t'));
            return column == "TRUE" || column == "FALSE";
        };
        if (std::ranges::count(line, '\t') != 6 || !is_word()) return false;
        line.remove_prefix(line.find('\t') + 1);
        return is_word();
    }
    return false;
}

std::string netscape_line(const cookie& from, const cookie_file_options& options) {
    const auto word = [](bool value) { return value ? "TRUE" : "FALSE"; };
    std::string line(from.http_only ? http_only_mark : "");
    line += domain_text(from);
    line.append("\t").append(word(!from.host_only)).append("\t").append(from.path);
    line.append("\t").append(word(from.secure)).append("\t");
    if (from.expires) {
        line += std::to_string(from.expires->time_since_epoch().count());
    } else if (options.zero_for_session) {
        line += '0';
    }
    return line.append("\t").append(from.name).append("\t").append(from.value).append("\n");
}

// --- LWP: Set-Cookie3: name=value; path="/"; domain=.example.org; domain_dot; expires="..."

std::string iso_text(sys_seconds when) {
    const auto midnight = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss time(when - midnight);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

/// "2026-11-21 10:00:00Z", and nothing else.
std::optional<sys_seconds> read_iso(std::string_view text) {
    if (text.size() != 20 || text[10] != ' ' || text[19] != 'Z') return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t size) {
        return from_digits<unsigned>(text.substr(at, size)).value_or(99999);
    };
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(number(0, 4))),
                                           std::chrono::month(number(5, 2)),
                                           std::chrono::day(number(8, 2)));
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(number(11, 2)) +
           std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
}

void append_word(std::string& line, std::string_view name, std::string_view value) {
    const auto is_plain = [](char c) { return is_letter_or_digit(c) || c == '_'; };
    line.append(name) += '=';
    const bool is_word = !value.empty() && std::ranges::all_of(value, is_plain);
    line += is_word ? std::string(value) : quoted_string(value);
}

std::string lwp_line(const cookie& from) {
    std::string line = "Set-Cookie3: ";
    append_word(line, from.name, from.value);
    append_word(line += "; ", "path", from.path);
    append_word(line += "; ", "domain", domain_text(from));
    line += "; path_spec";
    if (!from.host_only) line += "; domain_dot";
    if (from.secure) line += "; secure";
    if (from.expires) append_word(line += "; ", "expires", iso_text(*from.expires));
    if (!from.expires) line += "; discard";
    if (from.http_only) line += "; HttpOnly=None";
    constexpr std::array<std::string_view, 4> words{"", "None", "Lax", "Strict"};
    const std::string_view site = words[static_cast<std::size_t>(from.same_site)];
    if (!site.empty()) append_word(line += "; ", "SameSite", site);
    return line += "; version=0\n";
}

void set_attribute(cookie& into, std::string_view name, std::string_view value) {
    if (same_name(name, "path")) into.path = value;
    if (same_name(name, "domain")) set_domain(into, value);
    if (same_name(name, "secure")) into.secure = true;
    if (same_name(name, "httponly")) into.http_only = true;
    if (same_name(name, "expires")) into.expires = read_iso(value);
    if (!same_name(name, "samesite")) return;
    if (same_name(value, "none")) into.same_site = same_site::none;
    if (same_name(value, "lax")) into.same_site = same_site::lax;
    if (same_name(value, "strict")) into.same_site = same_site::strict;
}

std::optional<cookie> read_lwp(std::string_view line) {
    constexpr std::string_view begin = "Set-Cookie3:";
    if (!line.starts_with(begin)) return std::nullopt;
    const auto in_name = [](char c) noexcept { return c != '=' && c != ';'; };
    const auto in_value = [](char c) noexcept { return c != ';'; };
    cookie read;
    bool is_first = true;
    for (detail::value_scanner from(line.substr(begin.size())); !from.is_at_end();) {
        from.skip_space();
        const std::string_view name = trimmed(from.take_while(in_name));
        std::optional<std::string> value;
        if (from.take('=')) {
            from.skip_space();
            value = from.take('"') ? from.rest_of_quoted_string()
                                   : std::string(trimmed(from.take_while(in_value)));
            if (!value) return std::nullopt;
        }
        from.skip_space();
        if (!from.is_at_end() && !from.take(';')) return std::nullopt;
        if (!is_first) {
            set_attribute(read, name, value.value_or(""));
        } else if (value) {
            read.name = name;
            read.value = *std::move(value);
        } else {
            read.value = name;
        }
        is_first = false;
    }
    return read;
}

}  // namespace

std::string to_netscape(const cookie_jar& jar, sys_seconds now,
                        const cookie_file_options& options) {
    std::string text(netscape_header);
    for (const cookie& each : chosen(jar, now, options)) {
        const std::string line = netscape_line(each, options);
        if (std::ranges::count(line, '\t') == 6) text += line;
    }
    return text;
}

std::string to_lwp(const cookie_jar& jar, sys_seconds now, const cookie_file_options& options) {
    std::string text(lwp_header);
    for (const cookie& each : chosen(jar, now, options))
        text += lwp_line(each);
    return text;
}

std::size_t read_cookie_file(cookie_jar& into, std::string_view text, sys_seconds now) {
    std::string_view rest = text;
    const std::string_view first = take_line(rest);
    const bool is_lwp = first.starts_with("#LWP-Cookies-2.");
    bool is_netscape =
        first.starts_with("# Netscape HTTP Cookie File") || first.starts_with("# HTTP Cookie File");
    if (!is_lwp && !is_netscape && begins_as_netscape(text)) {
        is_netscape = true;
        rest = text;
    }
    if (!is_lwp && !is_netscape) throw protocol_error("no file of cookies");
    std::size_t count = 0;
    while (!rest.empty()) {
        const std::string_view line = take_line(rest);
        const bool is_comment = line.starts_with('#') && !line.starts_with(http_only_mark);
        if (line.empty() || is_comment) continue;
        auto read = is_lwp ? read_lwp(line) : read_netscape(line);
        if (read && try_add(into, *std::move(read), now)) ++count;
    }
    return count;
}

}  // namespace zocalo::http
