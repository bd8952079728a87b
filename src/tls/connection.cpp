// SPDX-License-Identifier: MIT
#include "tls/connection.hpp"

#include <openssl/err.h>

#include <cerrno>

#include "net/fail.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::tls::detail {

namespace {

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

connection_ptr make_ssl(const context_state& state) {
    connection_ptr made(SSL_new(state.context.get()));
    if (made == nullptr) fail_with_reason("make a TLS connection");
    return made;
}

}  // namespace

connection::connection(io::stream below, std::shared_ptr<const context_state> state,
                       std::string host, std::uint16_t port)
    : below_(std::move(below)),
      state_(std::move(state)),
      host_(std::move(host)),
      ssl_(make_ssl(*state_)),
      port_(port) {
    BIO* const both = wire_.make_bio().release();  // OpenSSL's connection owns it now
    SSL_set_bio(ssl_.get(), both, both);
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_msg_callback(ssl_.get(), count_message);
}

/// OpenSSL gives a session up for lost when nobody has said goodbye on its connection. It may be
/// gone on with all the same (RFC 5246 §7.2.1), unless something was wrong.
connection::~connection() {
    if (is_open_ && !failed_ && !from_callback_)
        SSL_set_shutdown(ssl_.get(), SSL_get_shutdown(ssl_.get()) | SSL_SENT_SHUTDOWN);
}

void connection::offer(std::string protocols) {
    offers_ = std::move(protocols);
    const auto* const list = reinterpret_cast<const unsigned char*>(offers_.data());
    if (SSL_set_alpn_protos(ssl_.get(), list, static_cast<unsigned>(offers_.size())) != 0)
        fail_with_reason("set application protocols");
}

connection& connection::of(const SSL* ssl) noexcept {
    return *static_cast<connection*>(SSL_get_app_data(ssl));
}

connection* connection_of(const io::stream& stream) noexcept {
    return dynamic_cast<connection*>(stream.made_of());
}

// --- Errors

std::string connection::describe(std::string_view verb) const {
    std::string text = "TLS " + std::string(verb);
    if (!host_.empty()) text += ' ' + escaped(host_);
    const net::endpoint peer = peer_endpoint();
    const bool is_unnamed = peer.family() == net::family::local && peer.path().empty();
    if (peer.size() == 0 || is_unnamed) return host_.empty() ? text + " the peer" : text;
    return text + (host_.empty() ? " " : " at ") + peer.to_string();
}

std::system_error connection::error(std::string_view verb, errc why) const {
    return {make_error_code(why), describe(verb)};
}

void connection::refuse(std::error_code code, const std::string& why) {
    keep(std::make_exception_ptr(std::system_error(code, describe("handshake with") + ": " + why)));
}

connection::step connection::judge(int result, std::string_view verb) {
    if (from_callback_) {
        fail_with_openssl(verb);
        return step::failed;
    }
    if (result > 0) return step::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return step::wants_input;
        case SSL_ERROR_ZERO_RETURN:
            has_ended_ = true;
            return step::ended;
        default:
            fail_with_openssl(verb);
            return step::failed;
    }
}

void connection::fail_with_openssl(std::string_view verb) {
    const std::error_code reason = take_reason();
    failed_ = from_callback_ ? std::exchange(from_callback_, nullptr)
                             : std::make_exception_ptr(std::system_error(reason, describe(verb)));
}

// --- What a peer may send beside data

void connection::count_message(int is_write, int /*version*/, int type, const void* /*data*/,
                               std::size_t /*size*/, SSL* ssl, void* /*unused*/) noexcept {
    if (is_write == 0) of(ssl).count_message(type);
}

void connection::count_message(int type) {
    if (!is_open_ || (type != SSL3_RT_HANDSHAKE && type != SSL3_RT_ALERT)) return;
    if (++other_messages_ <= state_->limits.other_messages + received_ / mebibyte) return;
    wire_.cut();
    keep(std::make_exception_ptr(
        std::system_error(make_error_code(errc::too_many_messages), describe("read from"))));
}

// --- Bytes from below

io::task<bool> connection::fetch() {
    if (fetching_) {
        co_await fetched_.wait();
        co_return true;  // what it brought may have been enough
    }
    if (below_ended_) co_return false;
    struct fetching {
        explicit fetching(connection& by) noexcept : self(by) {
            self.fetching_ = true;
            self.fetched_.reset();
        }
        ~fetching() {
            self.fetching_ = false;
            self.fetched_.set();
        }
        connection& self;
    } const now(*this);
    io::chunk arrived = co_await below_.read();
    if (arrived.empty()) {
        below_ended_ = true;
        co_return false;
    }
    received_ += arrived.size();
    wire_.give(std::move(arrived));
    co_return true;
}

// --- The handshake

io::task<> connection::handshake() {
    try {
        co_await io::timeout(state_->limits.handshake, shake_hands());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        if (error.code().category() == tls_category()) throw;
        explain_failed_handshake(error);
    }
    is_open_ = true;
}

/// "TLS handshake with example.org at 192.0.2.1:443: receive from 192.0.2.1:443: Connection reset
/// by peer"
void connection::explain_failed_handshake(const std::system_error& error) const {
    std::string cause = error.what();
    const std::string reason = ": " + error.code().message();
    if (cause.ends_with(reason)) cause.resize(cause.size() - reason.size());
    throw std::system_error(error.code(), describe("handshake with") + ": " + cause);
}

io::task<> connection::shake_hands() {
    constexpr std::string_view verb = "handshake with";
    for (;;) {
        ERR_clear_error();
        const step next = judge(SSL_do_handshake(ssl_.get()), verb);
        if (next == step::failed) {
            co_await flush_alert();
            std::rethrow_exception(failed_);
        }
        co_await flush();
        if (next == step::done) co_return;
        if (next == step::ended) throw error(verb, errc::handshake_cut);
        if (received_ > state_->limits.handshake_bytes) throw error(verb, errc::too_many_messages);
        const bool more = co_await fetch();
        if (!more) throw error(verb, errc::handshake_cut);
    }
}

}  // namespace zocalo::tls::detail
