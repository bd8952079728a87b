// SPDX-License-Identifier: MIT
#include "zocalo/http/cgi_head.hpp"

#include <array>
#include <string>

#include "http/lists.hpp"
#include "http/proxy/passed_fields.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw bad_message(status::bad_gateway, "a program's answer: " + why);
}

/// Takes a line off the front, without its end.
std::string_view take_line(std::string_view& rest) noexcept {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

void read_field(std::string_view line, fields& into) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name)) refuse("no field: " + quoted(line, 80));
    const std::string_view value = detail::trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) refuse("no field: " + quoted(line, 80));
    into.add(name, value);
}

/// Status = digit digit digit SP reason
void read_status(std::string_view text, response_head& into) {
    const auto number = from_digits<std::uint16_t>(text.substr(0, 3));
    const bool is_whole = text.size() >= 3 && (text.size() == 3 || text[3] == ' ');
    if (!number || !is_whole || *number < 200 || *number > 599)
        refuse("no status: " + quoted(text));
    into.status = status{*number};
    if (text.size() > 4) into.reason = text.substr(4);
}

}  // namespace

std::optional<std::size_t> cgi_head::find_end(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        if (line.empty() || line == "\r") return at;
    }
    return std::nullopt;
}

cgi_head cgi_head::parse(std::string_view text) {
    fields said;
    for (;;) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        read_field(line, said);
    }
    bool says_what = false;
    constexpr std::array<std::string_view, 4> once{"Status", "Location", "Content-Type",
                                                   "Content-Length"};
    for (const std::string_view each : once) {
        if (said.count(each) > 1) refuse("two of " + std::string(each));
        says_what = says_what || (said.contains(each) && each != "Content-Length");
    }
    if (!says_what) refuse("neither Status, Location nor Content-Type");

    cgi_head made;
    if (said.contains("Location")) made.head.status = status::found;
    if (const auto given = said.find("Status")) read_status(*given, made.head);
    if (const auto given = said.find("Content-Length")) {
        made.size = from_digits<std::uint64_t>(*given);
        if (!made.size) refuse("no length: " + quoted(*given));
    }
    said.remove("Status");
    made.head.fields = detail::end_to_end(said);
    return made;
}

}  // namespace zocalo::http
