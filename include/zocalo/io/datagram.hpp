// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/detail/packet_operations.hpp"
#include "zocalo/io/socket_settings.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/socket.hpp"

/// Datagrams: UDP, and the Unix kind.
namespace zocalo::io {

/// A socket that sends and receives datagrams.
///
/// One receive and one send may be under way at once. **Cancellation** ends them with net::stopped;
/// no datagram that arrived is lost. **Lifetime.** Buffers, batches and addresses must live until
/// the operation has ended. Move-only; destroying it closes the socket.
///
/// **Errors.** std::errc::no_message_available: somebody has to take what is in the error queue of
/// the socket (net::message_flag::errqueue), where options such as `receive_errors` put it.
///
/// **Security.** A server that answers more bytes than it was asked with can be used against
/// others, because the sender's address may be forged (see docs/design.md, and datagram_server in
/// net/server.hpp which holds such answers back).
class datagram {
 public:
    /// No socket: every operation fails with std::errc::bad_file_descriptor.
    datagram() noexcept = default;
    /// Takes over a socket of level one, bound or connected.
    explicit datagram(net::socket socket);

    /// The next datagram, cut to the size of `into`, and who sent it.
    auto receive_from(mutable_buffer into) noexcept {
        return detail::awaitable<detail::receive_from_operation>(native(), into);
    }
    /// Waits for one, takes what else is there in the same system call, and returns how many.
    auto receive_many(net::recv_batch& into) noexcept {
        return detail::awaitable<detail::receive_batch_operation>(native(), into);
    }

    /// Sends one; `send` to whom the socket is connected.
    auto send_to(const_buffer data, const net::endpoint& to) noexcept {
        return detail::awaitable<detail::send_packets_operation>(native(), data, &to);
    }
    auto send(const_buffer data) noexcept {
        return detail::awaitable<detail::send_packets_operation>(native(), data, nullptr);
    }
    /// Sends the whole batch, in order, in as few system calls as possible.
    auto send_many(const net::send_batch& batch) noexcept {
        return detail::awaitable<detail::send_packets_operation>(native(), batch);
    }

    void close() noexcept { transport_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return transport_ != nullptr; }
    [[nodiscard]] net::endpoint local_endpoint() const;
    /// Whom it is connected to; no family when it is not.
    [[nodiscard]] net::endpoint peer_endpoint() const;

    /// The socket of level one, for options and groups. Throws std::system_error with
    /// std::errc::not_a_socket where there is none, as in a simulated network.
    [[nodiscard]] net::socket& socket();

 private:
    friend task<datagram> open_datagram(net::endpoint where, net::listen_options options);
    friend task<datagram> connect_datagram(net::endpoint peer, net::endpoint local,
                                           socket_settings settings);
    explicit datagram(std::unique_ptr<transport> made) noexcept : transport_(std::move(made)) {}
    [[nodiscard]] detail::descriptor* native() const noexcept {
        return transport_ == nullptr ? nullptr : transport_->native();
    }

    std::unique_ptr<transport> transport_;
};

/// A datagram socket bound to an address; port 0 takes a free one. Throws as net::create_server()
/// does.
[[nodiscard]] task<datagram> open_datagram(net::endpoint where, net::listen_options options = {});

/// A datagram socket for the dialogue with one peer, from `local` when that is given: send() goes
/// there, and nothing is received that comes from elsewhere.
///
///     io::datagram server = co_await io::connect_datagram(where);
///     co_await server.send(question);
///     const net::received answer = co_await io::timeout(2s, server.receive_from(room));
///
/// Nothing is sent to connect it. **Errors.** That nobody is there comes out of a later receive or
/// send, once for each datagram that was refused: std::errc::connection_refused. A Unix peer must
/// be there, and answers only to a `local` address (net::endpoint::autobind() finds one). Throws
/// std::system_error that names the peer, and std::invalid_argument when the two addresses are not
/// of one family.
[[nodiscard]] task<datagram> connect_datagram(net::endpoint peer, net::endpoint local = {},
                                              socket_settings settings = {});

}  // namespace zocalo::io
