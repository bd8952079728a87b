// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "tls/context_state.hpp"
#include "tls/openssl.hpp"
#include "tls/wire.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::tls::detail {

/// A stream's TLS: OpenSSL between a wire in memory and the stream below.
///
/// Calls of OpenSSL never wait, so a read and a write that are under way at once take turns by
/// themselves. The reading side writes below, too, when what it read wants an answer and nobody is
/// writing; whoever needs bytes from below while another one is fetching some waits for that one.
class connection final : public io::transport {
 public:
    /// `host` is whom a client expects; empty on servers. `port` as connect() has it.
    connection(io::stream below, std::shared_ptr<const context_state> state, std::string host,
               std::uint16_t port = 0);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() override;

    /// The one that OpenSSL calls back about.
    [[nodiscard]] static connection& of(const SSL* ssl) noexcept;

    [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
    [[nodiscard]] const context_state& state() const noexcept { return *state_; }
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    /// Protocols, as they go over the wire, in place of those of the context.
    void offer(std::string protocols);
    [[nodiscard]] const std::string& offers() const noexcept { return offers_; }
    /// 0: that of peer_endpoint().
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// That, or the port there; 0 where there are none.
    [[nodiscard]] std::uint16_t service_port() const {
        if (port_ != 0) return port_;
        const net::endpoint peer = peer_endpoint();
        return peer.is_inet() ? peer.port() : std::uint16_t{0};
    }

    /// SSL_set_connect_state() or SSL_set_accept_state() comes first.
    io::task<> handshake();
    /// An exception in a callback, which cannot pass through OpenSSL: fails what is under way.
    void keep(std::exception_ptr error) noexcept {
        if (!from_callback_) from_callback_ = std::move(error);
    }
    /// The server has shown that its certificate was not revoked.
    void note_good_staple() noexcept { has_good_staple_ = true; }
    [[nodiscard]] bool has_good_staple() const noexcept { return has_good_staple_; }
    /// A callback's reason to fail the handshake.
    void refuse(std::error_code code, const std::string& why);

    io::task<io::chunk> read() override;
    io::task<std::size_t> read_some(mutable_buffer into) override;
    io::task<> write(std::span<const const_buffer> pieces) override;
    io::task<> finish() override;
    [[nodiscard]] net::endpoint local_endpoint() const override { return below_.local_endpoint(); }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return below_.peer_endpoint(); }

    /// `last` and close_notify, as far as both can be sent without waiting. Nothing may be under
    /// way, and nothing can be written after it.
    void farewell(const_buffer last) noexcept;

    /// finish() without its limit, then everything up to the end; the stream below.
    io::task<io::stream> unwrap();

 private:
    enum class step { done, wants_input, ended, failed };
    class turn;

    /// What a call of OpenSSL came to; with `failed` the reason is in failed_.
    step judge(int result, std::string_view verb);
    void fail_with_openssl(std::string_view verb);
    /// "TLS handshake with example.org at 192.0.2.1:443"
    [[nodiscard]] std::string describe(std::string_view verb) const;
    [[nodiscard]] std::system_error error(std::string_view verb, errc why) const;
    static void count_message(int is_write, int version, int type, const void* data,
                              std::size_t size, SSL* ssl, void* unused) noexcept;
    void count_message(int type);

    io::task<> shake_hands();
    [[noreturn]] void explain_failed_handshake(const std::system_error& error) const;
    /// Waits for bytes from below; false at their end.
    io::task<bool> fetch();
    io::task<bool> fetch_for_reading();

    /// Waits until some data was read into `into`; 0 at the end.
    io::task<std::size_t> read_when_there(mutable_buffer into);
    /// Reads what has arrived; `ended` or `wants_input` only when that is nothing.
    step read_now(mutable_buffer into, std::size_t& got);
    void end_of_input();

    io::task<> encrypt(const_buffer data);
    /// finish(), however long it takes.
    io::task<> end_writing();
    /// Has OpenSSL make our close_notify.
    io::task<> say_goodbye();
    io::task<> flush();
    io::task<> learn_why();
    /// Tells the peer why we give up, when that does not have to wait for a write.
    io::task<> flush_alert();

    io::stream below_;
    std::shared_ptr<const context_state> state_;
    std::string host_;
    std::string offers_;  ///< empty: what the context does
    wire wire_;
    connection_ptr ssl_;  // refers to the wire
    std::string sending_;

    std::exception_ptr failed_;         ///< nothing works any more
    std::exception_ptr from_callback_;  ///< the reason of a failure
    io::event fetched_;
    io::mutex sender_;                ///< one at a time writes below
    std::size_t received_ = 0;        ///< bytes from below
    std::size_t other_messages_ = 0;  ///< after the handshake
    std::uint16_t port_;
    bool has_good_staple_ = false;
    bool is_open_ = false;  ///< the handshake is over
    bool reading_ = false;
    bool writing_ = false;
    bool fetching_ = false;
    bool below_ended_ = false;
    bool has_ended_ = false;       ///< the peer's close_notify came
    bool is_finished_ = false;     ///< ours was made
    bool is_interrupted_ = false;  ///< a write below did not end well
};

/// The connection that a stream is made of; null when it is no TLS stream.
[[nodiscard]] connection* connection_of(const io::stream& stream) noexcept;
/// What tls::farewell() does.
void send_last(io::stream& to, const_buffer data) noexcept;

}  // namespace zocalo::tls::detail
