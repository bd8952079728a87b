// SPDX-License-Identifier: MIT
#include <stdexcept>

#include "http/authority.hpp"
#include "http/caller_facts.hpp"
#include "http/version_text.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

using coding = detail::content_writer::coding;

[[noreturn]] void refuse(status answer, const std::string& why) {
    throw bad_message(answer, why);
}

method read_method(std::string_view name) {
    if (!is_token(name)) refuse(status::bad_request, "no method: " + quoted(name, 80));
    const auto known = method::try_parse(name);
    if (!known) refuse(status::not_implemented, "a method that is too long: " + quoted(name, 80));
    return *known;
}

void append_status_line(const response_head& head, std::string& out) {
    if (head.status == status::ok && head.reason.empty()) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    char begin[] = "HTTP/1.1 200 ";
    unsigned code = number(head.status);
    for (std::size_t digit = 12; digit-- > 9; code /= 10)
        begin[digit] = static_cast<char>('0' + code % 10);
    out.append(begin, 13);
    out.append(head.reason.empty() ? reason(head.status) : std::string_view(head.reason));
    out += "\r\n";
}

void check_status_line(const response_head& head) {
    const std::uint16_t code = number(head.status);
    if (code < 100 || code > 599) throw std::invalid_argument("no status: " + std::to_string(code));
    if (!is_field_value(head.reason))
        throw std::invalid_argument("no reason of a status: " + quoted(head.reason));
}

}  // namespace

server_engine::server_engine(const limits& within) noexcept : engine(within, sending::waiting) {}

void server_engine::begin_anew(const limits& within) noexcept {
    if (!is_as_new()) forget();
    limits_ = within;
    request_.method = method::get;
    request_.target = "/";
    request_.version = version::http_1_1;
    request_.fields.clear();
}

/// request-line = method SP request-target SP HTTP-version
void server_engine::read_start_line(std::string_view line) {
    constexpr std::size_t version_size = 8;
    request_.method = method::get;  // until it is known, that of nobody before
    request_.target.clear();
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos || line.size() - first < version_size + 2)
        refuse(status::bad_request, "no request: " + quoted(line, 80));
    const std::size_t last = line.size() - version_size - 1;
    request_.method = read_method(line.substr(0, first));
    request_.version = detail::read_version(line.substr(last + 1));
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (line[last] != ' ' || !detail::is_target(target, request_.method == method::connect,
                                                request_.method == method::options))
        refuse(status::bad_request, "no target of a request: " + quoted(target));
    request_.target = target;
}

/// HEAD is answered without content whatever is wrong with the rest (RFC 9110 §9.3.2).
void server_engine::give_up_line(std::string_view begin) noexcept {
    has_begun_ = begin.starts_with("HEAD ");
    request_.method = has_begun_ ? method::head : method::get;
    request_.target.clear();
    request_.fields.clear();
}

event server_engine::finish_head() {
    const bool has_framing = facts_.length || facts_.is_chunked;
    facts_.check(request_.version);
    if (!facts_.has_host && request_.version == version::http_1_1)
        refuse(status::bad_request, "no Host");
    if (has_framing && request_.method == method::connect)
        refuse(status::bad_request, "CONNECT with content");
    if (!facts_.keeps_alive(request_.version)) keeps_alive_ = false;
    receive_content(ending::as_said);
    expects_continue_ =
        facts_.expects_continue && has_content_ && request_.version == version::http_1_1;
    sending_ = sending::head;
    return event::head;
}

void server_engine::send(const response_head& head, content_size size) {
    const bool is_tunnel =
        sending_ == sending::head && request_.method == method::connect && is_success(head.status);
    const bool is_switch = head.status == status::switching_protocols || is_tunnel;
    const bool is_interim = is_informational(head.status) && !is_switch;
    must_be_allowed(is_interim ? command::interim : command::head);
    check_status_line(head);
    const detail::caller_facts said = detail::inspect(head.fields);
    if (is_switch) return send_switch(head);
    if (!is_interim) return send_final(head, size, said.says_close);
    if (head.status == status::continue_) expects_continue_ = false;
    if (request_.version == version::http_1_0) return;  // knows none of them (RFC 9110 §15.2)
    append_status_line(head, output_);
    append_fields(head.fields, {}, coding::until_close, {});
}

void server_engine::send_switch(const response_head& head) {
    // RFC 9110 §7.8: a field that the connection does not name is for somebody else, and HTTP/1.0
    // has none of it.
    const bool wants_switch =
        facts_.has_upgrade && facts_.wants_upgrade && request_.version == version::http_1_1;
    const bool was_asked = request_.method == method::connect || wants_switch;
    if (sending_ != sending::head || !was_asked || !has_received_all())
        throw std::logic_error("HTTP: nobody has asked for another protocol");
    append_status_line(head, output_);
    append_fields(head.fields, {}, coding::until_close, {});
    switch_protocols();
}

void server_engine::send_final(const response_head& head, content_size size, bool says_close) {
    const bool answers = sending_ == sending::head;  // and is not the reason why there is none
    const bool is_bodiless_status = is_bodiless(head.status);
    const bool is_old = answers && request_.version == version::http_1_0;
    if (is_bodiless_status && head.status != status::not_modified && size.value_or(0) != 0)
        throw std::invalid_argument("content in a response that has none");
    if (is_bodiless_status && !size) size = 0;
    coding how = coding::sized;
    if (!size) how = is_old ? coding::until_close : coding::chunks;
    // Content that nobody has read, or a tunnel that there is not, may follow: nothing after it can
    // be understood.
    if (!answers || says_close || how == coding::until_close || expects_continue_ ||
        request_.method == method::connect)
        keeps_alive_ = false;

    std::string_view connection;
    if (!keeps_alive_ && !says_close) connection = "close";
    if (keeps_alive_ && is_old) connection = "keep-alive";
    const bool tells_size = how == coding::sized && (!is_bodiless_status || *size != 0);
    append_status_line(head, output_);
    append_fields(head.fields, connection, how, tells_size ? size : content_size());
    const bool is_dropped = is_bodiless_status || (has_begun_ && request_.method == method::head);
    writer_ = detail::content_writer(how, size.value_or(0), is_dropped);
    sending_ = sending::content;
}

}  // namespace zocalo::http
