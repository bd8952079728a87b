// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <thread>

#include "relay/channel.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::program {

/// TLS between the relay and a peer, on a thread of its own: the relay is a loop over poll(2), and
/// what it gets is a socket like any other.
///
/// The end of what the relay writes goes to the peer as close_notify. What goes wrong ends the
/// relay's socket, and comes out of wait_until_secured() or check().
class tls_tunnel {
 public:
    /// What makes the stream secure: tls::connect() or tls::accept() with their arguments.
    using handshake = std::function<io::task<io::stream>(io::stream plain)>;

    tls_tunnel(net::socket plain, handshake secure);
    /// Cuts what is still under way.
    ~tls_tunnel();
    tls_tunnel(const tls_tunnel&) = delete;
    tls_tunnel& operator=(const tls_tunnel&) = delete;

    /// The relay's end. Once.
    [[nodiscard]] net::socket take_socket() noexcept { return std::move(near_); }

    /// Blocks until the handshake is over, and says what was agreed. Throws what it threw, and as
    /// net::socket::recv does when it is stopped or takes too long.
    tls::info wait_until_secured(const net::stop_condition& stop, timeout limit);

    /// The relay has closed its end: what it wrote may still go out, for two seconds at most.
    void let_go() noexcept;
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }
    /// Whether it is over because something went wrong.
    [[nodiscard]] bool has_failed() const noexcept { return is_over_ && error_ != nullptr; }
    /// Waits until it is over; throws what went wrong, if anything.
    void check();

 private:
    void run(io::stream plain, io::stream near, io::stream control) noexcept;
    io::task<> serve(io::stream plain, io::stream& near, io::stream& control);
    io::task<> send(io::stream& near, io::stream& secured);
    io::task<> receive(io::stream& secured, io::stream& near);
    io::task<> watch(io::stream& control);

    handshake secure_;
    net::socket near_;
    net::socket control_;
    std::optional<tls::info> agreed_;
    io::event all_sent_;
    std::exception_ptr truncated_;
    std::exception_ptr error_;
    std::atomic<bool> is_over_ = false;
    std::jthread thread_;
};

/// The relay's end of a tunnel, whose end is an error when the tunnel has failed.
class tunnel_channel final : public socket_channel {
 public:
    /// All of them must outlive this.
    tunnel_channel(net::socket& socket, traffic_log* log, const tls_tunnel& tunnel) noexcept
        : socket_channel(socket, log), tunnel_(tunnel) {}
    [[nodiscard]] arrival read(mutable_buffer into) override;

 private:
    const tls_tunnel& tunnel_;
};

}  // namespace zocalo::program
