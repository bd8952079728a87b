// SPDX-License-Identifier: MIT
#include <stdexcept>

#include "http/authority.hpp"
#include "http/caller_facts.hpp"
#include "http/scan.hpp"
#include "http/version_text.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

using coding = detail::content_writer::coding;

[[noreturn]] void refuse(const std::string& why) {
    throw bad_message(status::bad_gateway, why);
}

/// Whether a request with that method is expected to have content, so that none is worth saying.
bool usually_has_content(const method& what) noexcept {
    return what == method::post || what == method::put || what == method::patch;
}

void check(const request_head& head, content_size size, const detail::caller_facts& said) {
    if (!detail::is_target(head.target, head.method == method::connect,
                           head.method == method::options))
        throw std::invalid_argument("no target of a request: " + quoted(head.target));
    if (!said.has_host && head.version == version::http_1_1)
        throw std::invalid_argument("a request without Host");
    if (!size && head.version == version::http_1_0)
        throw std::invalid_argument("content of unknown size in HTTP/1.0");
    if (size != 0 && head.method == method::connect)
        throw std::invalid_argument("CONNECT with content");
}

}  // namespace

client_engine::client_engine(const limits& within) noexcept : engine(within, sending::head) {}

void client_engine::send(const request_head& head, content_size size) {
    must_be_allowed(command::head);
    const detail::caller_facts said = detail::inspect(head.fields);
    check(head, size, said);
    asked_ = head.method;
    asked_upgrade_ = said.has_upgrade;
    if (said.says_close || (head.version == version::http_1_0 && !said.says_keep_alive))
        keeps_alive_ = false;

    output_.append(head.method.text()).append(" ").append(head.target);
    output_ += head.version == version::http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
    const bool tells_size = size != 0 || usually_has_content(head.method);
    const coding how = size ? coding::sized : coding::chunks;
    const bool adds_close = !keeps_alive_ && !said.has_connection;
    append_fields(head.fields, adds_close ? "close" : "", how, tells_size ? size : content_size());
    writer_ = detail::content_writer(how, size.value_or(0), false);
    sending_ = sending::content;
}

/// status-line = HTTP-version SP status-code SP [ reason-phrase ]; some leave out the last space.
/// What is beyond 599 is no status, but to be taken for an error of the server (RFC 9110 §15).
void client_engine::read_start_line(std::string_view line) {
    response_.version = detail::read_version(line.substr(0, 8));
    const std::string_view code = line.substr(8, 4);
    const std::string_view reason = line.substr(std::min<std::size_t>(line.size(), 12));
    const auto digits = from_digits<std::uint16_t>(code.empty() ? code : code.substr(1));
    const bool is_whole = code.size() == 4 && code[0] == ' ' && digits && *digits >= 100 &&
                          (reason.empty() || reason[0] == ' ');
    if (!is_whole || !detail::is_value_text(reason)) refuse("no status: " + quoted(line, 80));
    response_.status = status{*digits};
    response_.reason = reason.empty() ? reason : reason.substr(1);
}

event client_engine::finish_head() {
    facts_.check(response_.version);
    const bool is_switch = response_.status == status::switching_protocols;
    if (is_informational(response_.status) && !is_switch) {
        if (++interim_ > limits_.interim) refuse("too many responses with 1xx");
        receiving_ = receiving::start_line;
        return event::interim;
    }
    if (is_switch && !(asked_upgrade_ && facts_.has_upgrade))
        refuse("another protocol that nobody has asked for");
    interim_ = 0;
    if (is_switch || (asked_ == method::connect && is_success(response_.status))) {
        switch_protocols();
        return event::head;
    }
    if (!facts_.keeps_alive(response_.version)) keeps_alive_ = false;
    receive_content(where_it_ends());
    return event::head;
}

/// RFC 9112 §6.3
engine::ending client_engine::where_it_ends() noexcept {
    if (asked_ == method::head || is_bodiless(response_.status)) {
        // A peer that sends chunks after all would be taken for the next response.
        if (is_bodiless(response_.status) && facts_.is_chunked) keeps_alive_ = false;
        return ending::none;
    }
    if (facts_.is_chunked || facts_.length) return ending::as_said;
    keeps_alive_ = false;
    return ending::with_the_connection;
}

}  // namespace zocalo::http
