// SPDX-License-Identifier: MIT
// Between the fields of HTTP/2 and the heads that everybody works with (RFC 9113 §8). What is wrong
// with a field is remembered, not thrown: the rest of the block has to be decoded all the same.
#include <stdexcept>
#include <utility>

#include "core/ascii.hpp"
#include "http/authority.hpp"
#include "http/http2_session.hpp"
#include "http/scan.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t overhead = 32;  // of each field in the table (RFC 9113 §6.5.2)

/// Fields of HTTP/1.1 that are about the connection (RFC 9113 §8.2.2).
bool is_about_connection(std::string_view name) noexcept {
    switch (name.size()) {
        case 7:
            return same_name(name, "upgrade");
        case 10:
            return same_name(name, "connection") || same_name(name, "keep-alive");
        case 16:
            return same_name(name, "proxy-connection");
        case 17:
            return same_name(name, "transfer-encoding");
        default:
            return false;
    }
}

std::uint8_t* bytes_of(std::string_view text) noexcept {
    auto* const begin = const_cast<char*>(text.data());  // NOLINT: it is only read
    return reinterpret_cast<std::uint8_t*>(begin);
}

void refuse(http2_incoming_head& head, status why) noexcept {
    if (!head.problem) head.problem = why;
}

/// Value of a pseudo-field. Whether there are too many or too few of them, others, or empty ones is
/// checked by nghttp2; so is that a status has three digits.
void note_pseudo(http2_incoming_head& head, std::string_view name, std::string_view value) {
    if (name == ":method") {
        head.method = value;
    } else if (name == ":scheme") {
        head.scheme = value;
    } else if (name == ":path") {
        head.path = value;
    } else if (name == ":authority") {
        if (!is_host_and_port(value)) return refuse(head, status::bad_request);
        head.authority = value;
        head.fields.add("Host", value);
        head.facts.has_host = true;
    } else if (name == ":protocol") {
        if (!is_token(value)) return refuse(head, status::bad_request);
        head.protocol = value;
    } else {
        const std::uint16_t code = from_digits<std::uint16_t>(value).value_or(0);
        if (code < 100) return refuse(head, status::bad_request);
        head.status = http::status{code};
    }
}

/// What field values may be (is_field_value()), looked at faster.
bool is_whole_value(std::string_view text) noexcept {
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    return text.empty() ||
           (!is_space(text.front()) && !is_space(text.back()) && is_value_text(text));
}

/// Other fields; nghttp2 refuses those that are about the connection.
void note_plain(http2_incoming_head& head, std::string_view name, std::string_view value) {
    // Requests alone may have it (RFC 9113 §8.2.2).
    if (head.status && same_name(name, "te")) return refuse(head, status::bad_request);
    if (name == "cookie") {  // in as many fields as the peer likes (RFC 9113 §8.2.3)
        if (!head.cookies.empty()) head.cookies += "; ";
        head.cookies += value;
        return;
    }
    if (name == "host" && !head.authority.empty()) {
        if (!same_name(value, head.authority)) refuse(head, status::bad_request);
        return;
    }
    head.facts.note(name, value);
    head.fields.add(name, value);
}

/// Where the target stands that `:path` and `:method` make, or null. That the path of a URL of HTTP
/// is no whole URL is checked by nghttp2.
std::string* target_of(http2_incoming_head& head, const method& asked) noexcept {
    const bool is_connect = asked == method::connect && head.protocol.empty();
    const bool is_options = asked == method::options;
    std::string& target = is_connect ? head.authority : head.path;
    if (!is_target(target, is_connect, is_options)) return nullptr;
    if (is_connect) return &target;
    return head.scheme == "http" || head.scheme == "https" ? &target : nullptr;
}

}  // namespace

/// nghttp2 copies both, and writes the name in lower case.
nghttp2_nv make_nv(std::string_view name, std::string_view value) noexcept {
    nghttp2_nv made{};
    made.name = bytes_of(name);
    made.namelen = name.size();
    made.value = bytes_of(value);
    made.valuelen = value.size();
    // Compression must not tell what a secret is (RFC 7541 §7.1.3).
    const bool is_secret =
        same_name(name, "authorization") || same_name(name, "proxy-authorization");
    made.flags = is_secret ? std::uint8_t{NGHTTP2_NV_FLAG_NO_INDEX} : std::uint8_t{0};
    return made;
}

void append_fields(http2_block& to, const fields& all) {
    for (const field each : all) {
        if (is_about_connection(each.name) || same_name(each.name, "host")) continue;
        if (same_name(each.name, "te") && !same_name(each.value, "trailers")) continue;
        to.push_back(make_nv(each.name, each.value));
    }
}

void note_field(http2_incoming_head& head, std::string_view name, std::string_view value,
                const limits& within) {
    head.bytes += name.size() + value.size() + overhead;
    if (head.problem) return;
    const bool is_pseudo = name.starts_with(':');
    if (!is_pseudo) ++head.count;
    if (head.bytes > within.head || head.count > within.fields || value.size() > within.line)
        return refuse(
            head, name == ":path" ? status::uri_too_long : status::request_header_fields_too_large);
    if (!is_whole_value(value)) return refuse(head, status::bad_request);
    if (is_pseudo) return note_pseudo(head, name, value);
    if (!is_name_text(name)) return refuse(head, status::bad_request);
    try {
        note_plain(head, name, value);
    } catch (const bad_message& broken) {
        refuse(head, broken.answer());
    }
}

void finish_request(http2_stream& stream) {
    http2_incoming_head& head = stream.head;
    request_head& made = stream.request;
    made.version = version::http_2;
    const auto asked = method::try_parse(head.method);
    if (asked) {
        made.method = *asked;
    } else {
        refuse(head, status::not_implemented);  // too long: nghttp2 knows what a token is
    }
    if (std::string* const target = target_of(head, made.method)) {
        made.target.swap(*target);
    } else {
        refuse(head, status::bad_request);
    }
    if (!head.facts.has_host) refuse(head, status::bad_request);
    if (made.method == method::connect && head.facts.length) refuse(head, status::bad_request);
    if (!head.cookies.empty()) head.fields.add("Cookie", head.cookies);
    std::swap(made.fields, head.fields);
    made.protocol.swap(head.protocol);
    made.scheme.swap(head.scheme);
    stream.is_connect = made.method == method::connect;
    stream.is_head_request = made.method == method::head;
    stream.announced = head.facts.length;
    stream.expects_continue = head.facts.expects_continue;
    stream.problem = head.problem;
}

}  // namespace zocalo::http::detail
