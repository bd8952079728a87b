// SPDX-License-Identifier: MIT
#include "zocalo/http/http2_engine.hpp"

#include <array>
#include <stdexcept>

#include "http/authority.hpp"
#include "http/caller_facts.hpp"
#include "http/http2_session.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

std::string to_text(http2_error why) {
    constexpr std::array<std::string_view, 14> names{"NO_ERROR",
                                                     "PROTOCOL_ERROR",
                                                     "INTERNAL_ERROR",
                                                     "FLOW_CONTROL_ERROR",
                                                     "SETTINGS_TIMEOUT",
                                                     "STREAM_CLOSED",
                                                     "FRAME_SIZE_ERROR",
                                                     "REFUSED_STREAM",
                                                     "CANCEL",
                                                     "COMPRESSION_ERROR",
                                                     "CONNECT_ERROR",
                                                     "ENHANCE_YOUR_CALM",
                                                     "INADEQUATE_SECURITY",
                                                     "HTTP_1_1_REQUIRED"};
    const auto code = static_cast<std::uint32_t>(why);
    return code < names.size() ? std::string(names[code]) : "error " + std::to_string(code);
}

http2_engine::http2_engine(std::unique_ptr<detail::http2_session> session) noexcept
    : session_(std::move(session)) {}

http2_engine::~http2_engine() = default;

// --- Receiving

void http2_engine::receive(const_buffer bytes, io::time_point now) {
    session_->receive(bytes.text(), now);
}

std::optional<http2_event> http2_engine::next() {
    return session_->next();
}

const_buffer http2_engine::content(std::uint32_t stream) const {
    return session_->at(stream).received.view();
}

void http2_engine::consume(std::uint32_t stream, std::size_t size) {
    session_->consume(stream, size);
}

bool http2_engine::is_tunnel(std::uint32_t stream) const {
    return session_->at(stream).is_tunnel;
}

bool http2_engine::has_received_all(std::uint32_t stream) const {
    return session_->at(stream).has_received_all;
}

content_size http2_engine::announced(std::uint32_t stream) const {
    return session_->at(stream).announced;
}

const fields& http2_engine::trailers(std::uint32_t stream) const {
    return session_->at(stream).trailers;
}

// --- Sending

void http2_engine::send_data(std::uint32_t stream, const_buffer data) {
    session_->send_data(stream, data.text());
}

void http2_engine::send_end(std::uint32_t stream, const fields& last) {
    session_->send_end(stream, last);
}

std::size_t http2_engine::waiting(std::uint32_t stream) const {
    return session_->at(stream).queued.size();
}

bool http2_engine::has_room(std::uint32_t stream) const {
    return session_->has_room(session_->at(stream));
}

bool http2_engine::has_sent_all(std::uint32_t stream) const {
    return session_->at(stream).has_sent_all;
}

void http2_engine::produce(std::size_t limit) {
    session_->produce(limit);
}

std::string& http2_engine::output() noexcept {
    return session_->output;
}

bool http2_engine::wants_to_send() const noexcept {
    return session_->wants_to_send();
}

// --- Streams

bool http2_engine::is_open(std::uint32_t stream) const noexcept {
    const detail::http2_stream* const found = session_->find(stream);
    return found != nullptr && !found->was_reset;
}

void http2_engine::reset(std::uint32_t stream, http2_error why) {
    session_->reset(stream, why);
}

void http2_engine::release(std::uint32_t stream) {
    session_->release(stream);
}

std::size_t http2_engine::streams() const noexcept {
    return session_->size();
}

// --- The connection

void http2_engine::ping() {
    session_->ping();
}

void http2_engine::drain() {
    session_->drain();
}

void http2_engine::close(http2_error why) {
    session_->close(why);
}

bool http2_engine::is_leaving() const noexcept {
    return session_->is_leaving();
}

bool http2_engine::is_over() const noexcept {
    return session_->is_over();
}

const std::string& http2_engine::failure() const noexcept {
    return session_->failure;
}

// --- The server

http2_server_engine::http2_server_engine(const limits& within, const http2_limits& also)
    : http2_engine(std::make_unique<detail::http2_session>(detail::http2_session::role::server,
                                                           within, also)) {}

const request_head& http2_server_engine::request(std::uint32_t stream) const {
    return session_->at(stream).request;
}

status http2_server_engine::problem(std::uint32_t stream) const {
    return session_->at(stream).problem.value_or(status::ok);
}

bool http2_server_engine::expects_continue(std::uint32_t stream) const {
    return session_->at(stream).expects_continue;
}

bool http2_server_engine::can_begin(std::uint32_t stream) const {
    return session_->at(stream).state == detail::http2_stream::sending::head;
}

bool http2_server_engine::is_sending(std::uint32_t stream) const {
    return session_->at(stream).state == detail::http2_stream::sending::content;
}

void http2_server_engine::send(std::uint32_t stream, const response_head& head, content_size size) {
    detail::http2_stream& on = session_->at(stream);
    if (on.state != detail::http2_stream::sending::head)
        throw std::logic_error("HTTP/2: this cannot be sent now");
    const std::uint16_t code = number(head.status);
    // There is nothing to switch to (RFC 9113 §8.6).
    if (code < 100 || code > 599 || head.status == status::switching_protocols)
        throw std::invalid_argument("no status in HTTP/2: " + std::to_string(code));
    (void)detail::inspect(head.fields);
    const bool is_bodiless_status = is_bodiless(head.status);
    if (is_bodiless_status && head.status != status::not_modified && size.value_or(0) != 0)
        throw std::invalid_argument("content in a response that has none");
    const std::string digits = std::to_string(code);
    const std::string length = size ? std::to_string(*size) : std::string();
    detail::http2_block& block = session_->block;
    block.clear();
    block.push_back(detail::make_nv(":status", digits));
    detail::append_fields(block, head.fields);
    if (is_informational(head.status)) return session_->send_interim(stream);
    const bool is_tunnel = on.is_connect && is_success(head.status);
    on.is_tunnel = is_tunnel;
    const bool tells_size = size && !is_tunnel && (!is_bodiless_status || *size != 0);
    if (tells_size) block.push_back(detail::make_nv("content-length", length));
    session_->send_head(stream, size, is_bodiless_status || on.is_head_request);
}

// --- The client

http2_client_engine::http2_client_engine(const limits& within, const http2_limits& also)
    : http2_engine(std::make_unique<detail::http2_session>(detail::http2_session::role::client,
                                                           within, also)) {}

bool http2_client_engine::can_open() const noexcept {
    return session_->can_open();
}

std::uint32_t http2_client_engine::allowed_streams() const noexcept {
    return session_->allowed_streams();
}

bool http2_client_engine::can_connect() const noexcept {
    return session_->can_connect();
}

std::uint32_t http2_client_engine::send(const request_head& head, content_size size,
                                        std::string_view scheme) {
    if (!can_open()) throw std::logic_error("HTTP/2: no stream can be opened");
    const bool is_other = !head.protocol.empty();
    if (is_other && !can_connect()) throw std::logic_error("HTTP/2: no other protocols there");
    if (is_other && (head.method != method::connect || size || !is_token(head.protocol)))
        throw std::invalid_argument("no request for a protocol: " + quoted(head.protocol));
    const bool is_connect = head.method == method::connect && !is_other;
    const bool is_options = head.method == method::options;
    const bool is_path = head.target.starts_with('/') || (head.target == "*" && !is_other);
    if (!detail::is_target(head.target, is_connect, is_options) || (!is_connect && !is_path))
        throw std::invalid_argument("no target of a request: " + quoted(head.target));
    if (!detail::inspect(head.fields).has_host)
        throw std::invalid_argument("a request without Host");
    if (scheme != "http" && scheme != "https")
        throw std::invalid_argument("no scheme of HTTP: " + quoted(scheme));
    const std::string length = size ? std::to_string(*size) : std::string();
    const std::string_view host = head.fields.get("Host");
    detail::http2_block& block = session_->block;
    block.clear();
    block.push_back(detail::make_nv(":method", head.method.text()));
    if (is_other) block.push_back(detail::make_nv(":protocol", head.protocol));
    if (!is_connect) {
        block.push_back(detail::make_nv(":scheme", scheme));
        block.push_back(detail::make_nv(":path", head.target));
    }
    block.push_back(detail::make_nv(":authority", is_connect ? head.target : host));
    detail::append_fields(block, head.fields);
    const bool tells_size = size && (*size != 0 || head.method == method::post ||
                                     head.method == method::put || head.method == method::patch);
    if (tells_size) block.push_back(detail::make_nv("content-length", length));
    const std::uint32_t made = session_->open(size, head.method == method::head);
    session_->at(made).is_connect = head.method == method::connect;
    return made;
}

response_head& http2_client_engine::response(std::uint32_t stream) {
    return session_->at(stream).response;
}

}  // namespace zocalo::http
