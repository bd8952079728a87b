// SPDX-License-Identifier: MIT
#include "zocalo/http/cgi_head.hpp"

#include <array>
#include <string>

#include "core/ascii.hpp"
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
    const std::string_view value = trimmed(line.substr(colon + 1));
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

fields read_fields(std::string_view text) {
    fields said;
    for (std::string_view line = take_line(text); !line.empty(); line = take_line(text))
        read_field(line, said);
    constexpr std::array<std::string_view, 4> once{"Status", "Location", "Content-Type",
                                                   "Content-Length"};
    for (const std::string_view each : once)
        if (said.count(each) > 1) refuse("two of " + std::string(each));
    return said;
}

content_size length_in(const fields& said) {
    const auto given = said.find("Content-Length");
    if (!given) return std::nullopt;
    const auto size = from_digits<std::uint64_t>(*given);
    if (!size) refuse("no length: " + quoted(*given));
    return size;
}

/// "HTTP/1.1 " at its beginning.
std::string_view without_version(std::string_view line) {
    constexpr std::size_t size = std::string_view("HTTP/1.x ").size();
    const bool is_one = line.size() > size && line.starts_with("HTTP/1.") &&
                        (line[7] == '0' || line[7] == '1') && line[8] == ' ' &&
                        is_field_value(line);
    if (!is_one) refuse("no status line: " + quoted(line, 80));
    return line.substr(size);
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
    fields said = read_fields(text);
    if (!said.contains("Status") && !said.contains("Location") && !said.contains("Content-Type"))
        refuse("neither Status, Location nor Content-Type");
    cgi_head made;
    if (said.contains("Location")) made.head.status = status::found;
    if (const auto given = said.find("Status")) read_status(*given, made.head);
    made.size = length_in(said);
    said.remove("Status");
    made.head.fields = detail::end_to_end(said);
    return made;
}

cgi_head cgi_head::parse_whole(std::string_view text) {
    cgi_head made;
    read_status(without_version(take_line(text)), made.head);
    const fields said = read_fields(text);
    for (const std::string_view each : {"Transfer-Encoding", "Status"})
        if (said.contains(each)) refuse(std::string(each) + " in a whole response");
    made.size = length_in(said);
    made.head.fields = detail::end_to_end(said);
    return made;
}

std::string cgi_head::to_text() const {
    std::string text = "Status: " + std::to_string(number(head.status));
    const std::string_view words = head.reason.empty() ? reason(head.status) : head.reason;
    if (!words.empty()) text.append(" ").append(words);
    text += "\r\n";
    head.fields.append_to(text);
    if (size) text.append("Content-Length: ").append(std::to_string(*size)).append("\r\n");
    return text += "\r\n";
}

}  // namespace zocalo::http
