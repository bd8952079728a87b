// SPDX-License-Identifier: MIT
// What peers have disagreed about is refused, so that nothing behind or in front of this program
// can see another message than it does (RFC 9112 §6.3, §11.2).
#include "zocalo/http/detail/head_facts.hpp"

#include <string>

#include "core/ascii.hpp"
#include "http/authority.hpp"
#include "http/lists.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/error.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t longest_number = 19;  // digits, which always fit 64 bits

[[noreturn]] void refuse(status answer, const std::string& why) {
    throw bad_message(answer, why);
}

[[noreturn]] void refuse(const std::string& why) {
    refuse(status::bad_request, why);
}

}  // namespace

void head_facts::note(special what, std::string_view value) {
    switch (what) {
        case special::host:
            if (has_host) refuse("two Host fields");
            if (!is_host_and_port(value)) refuse("Host: " + quoted(value));
            has_host = true;
            return;
        case special::expect:
            if (!same_name(value, "100-continue"))
                refuse(status::expectation_failed, "Expect: " + quoted(value));
            expects_continue = true;
            return;
        case special::upgrade:
            has_upgrade = true;
            return;
        case special::connection:
            return note_connection(value);
        case special::content_length:
            return note_length(value);
        case special::transfer_encoding:
            return note_coding(value);
    }
}

void head_facts::note_length(std::string_view value) {
    if (length) refuse("two Content-Length fields");
    length = from_digits<std::uint64_t>(value);
    if (!length || value.size() > longest_number) refuse("Content-Length: " + quoted(value));
}

void head_facts::note_coding(std::string_view value) {
    if (is_chunked) refuse("two Transfer-Encoding fields");
    is_chunked = same_name(value, "chunked");
    if (is_chunked) return;
    // Other codings may stand before "chunked", which is last and alone; we know none of them.
    const std::size_t comma = value.rfind(',');
    const bool ends_well = comma != std::string_view::npos && comma != 0 &&
                           same_name(trimmed(value.substr(comma + 1)), "chunked") &&
                           !has_member(value.substr(0, comma), "chunked");
    refuse(ends_well ? status::not_implemented : status::bad_request,
           "Transfer-Encoding: " + quoted(value));
}

void head_facts::note_connection(std::string_view value) {
    while (!value.empty()) {
        const std::string_view option = take_until(value, ',');
        wants_close |= same_name(option, "close");
        wants_keep_alive |= same_name(option, "keep-alive");
        wants_upgrade |= same_name(option, "upgrade");
    }
}

void head_facts::check(version said) const {
    if (!is_chunked) return;
    if (length) refuse("both Content-Length and Transfer-Encoding");
    if (said == version::http_1_0) refuse("Transfer-Encoding in HTTP/1.0");
}

}  // namespace zocalo::http::detail
