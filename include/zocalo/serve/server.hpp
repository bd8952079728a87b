// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "zocalo/io/listener.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/serve/connection.hpp"
#include "zocalo/serve/counters.hpp"
#include "zocalo/serve/limits.hpp"

/// The kit that every server of a protocol is made with.
///
/// A protocol is one function that talks with one client:
///
///     io::task<> echo(serve::connection& client) {
///         for (;;) {
///             const io::chunk got = co_await client.stream().read();
///             if (got.empty()) co_return;
///             co_await client.stream().write(got.text());
///         }
///     }
///
/// A server calls it for each connection, and does what all servers have to: it listens at several
/// addresses, counts and times its clients, survives running out of descriptors, and ends without
/// breaking a dialogue off.
///
///     serve::server server(echo);
///     co_await server.listen(net::endpoint::parse("127.0.0.1:4000"));
///     co_await server.run();  // until server.stop()
///
/// It is made of the operations of io alone, so that it runs in a simulated network as it does on a
/// machine. It belongs to one loop; fleet.hpp has one for each core, run.hpp all of a process:
/// signals, and what starts and replaces processes. How a connection goes:
///
/// 1. It is accepted. Beyond its address's share it is closed at once; while the server is full it
///    waits, and a connection that rests is ended for it. Where a proxy is in front, its header is
///    read first, and the share is that of the client's address.
/// 2. The handler runs in a group with an alarm (detail::guard). The stream notes when it waits for
///    the peer and what comes of it; the alarm compares that with the limits, at the earliest
///    moment at which one could have been passed. So a limit costs nothing for each read or write
///    but reading the clock, and ends whatever the handler waits for by cancelling it.
/// 3. A connection where nobody says anything needs no handler. One that is called on demand
///    (handler::on_demand) begins with the client's first word, and may be parked between two
///    requests: what remains is a socket, a read that waits, and what the limits have counted.
/// 4. The handler ends: the stream is finished, and read to its end for a moment (linger). An
///    exception instead ends this connection alone.
/// 5. On stop() listeners close, resting connections end, and the others have until `drain`. So
///    have those who wait for a place; who gets none by then is turned away. Who has not asked yet
///    may be about to: such a one has a second, and no more than half of `drain`.
namespace zocalo::serve {

namespace detail {
struct shared_limits;
}

/// Talks with one client.
class handler : public std::function<io::task<>(connection& client)> {
 public:
    using function::function;

    /// It answers a client that speaks first: it is called when something has come, not before, and
    /// again for the same connection when that was parked (connection::may_park()). A handler that
    /// goes around this one does not get that from it.
    bool on_demand = false;
};

/// Why a server ends a connection that its handler would go on with, or never sees.
enum class ending {
    too_many_from_there,  ///< limits::per_address
    too_fast_from_there,  ///< limits::address_rate
    not_admitted,         ///< hooks::admit
    idle,                 ///< limits::idle
    no_whole_head,        ///< limits::head
    too_slow,             ///< limits::bytes_per_second
    too_old,              ///< limits::total
    evicted,              ///< it rested, and another one needs the place
    drained,              ///< the server stops, and it rested
    never_served,         ///< the server has stopped, and no place had come free for it
};

/// Where a server asks or tells its owner. What is not set is the default named here. Called on the
/// loop's thread.
struct hooks {
    /// Whether to talk with this client; otherwise it is turned away. What it throws ends this
    /// connection alone, and comes to `failed`. Default: yes.
    std::function<bool(const peer& who)> admit = {};
    /// What to say to a client before its connection is ended for that reason, at that address of
    /// the server: "421 Too many connections\r\n". It is sent within limits::linger, but not into
    /// phase::body, a write that was broken off or a handshake of TLS, and to so many at once as
    /// `most_farewells` who are turned away. Default: nothing. Must not throw.
    std::function<std::string(const peer& who, ending why, const net::endpoint& at)> farewell = {};
    /// Why a connection has ended, when that was an exception: the handler's, or
    /// std::errc::timed_out with a message that names the limit. Default: nothing. Must not throw.
    std::function<void(const connection& client, std::exception_ptr error)> failed = {};
    /// A connection has ended, however. Default: nothing. Must not throw.
    std::function<void(const connection& client)> ended = {};
};

/// The proxies in front of a server, which say whom they speak for (the PROXY protocol).
struct proxy_options {
    /// Who connects from there has to begin with a header, and what it says is believed: name your
    /// proxies, and nobody else. From everybody else a header is data like any other.
    std::vector<net::network> from = {};
    bool from_local = false;  ///< the same for those who connect to a Unix socket
    proxy_limits limits = {};
    timeout within = std::chrono::seconds(3);  ///< the whole header
};

/// Everything about a server but its handler and its addresses.
struct server_options {
    serve::limits limits = {};
    serve::hooks hooks = {};
    proxy_options proxies = {};
    /// The first thing that a client says is a ClientHello (connection::secure()): whoever has not
    /// come that far is not told a farewell, which could only be plain text.
    bool begins_with_tls = false;
};

/// Who is turned away when so many are still being told why is told nothing.
inline constexpr std::size_t most_farewells = 64;

/// Listeners, and the connections that come out of them. **Threads.** All members but stop(),
/// stop_now() and counters() on that of its loop.
class server {
 public:
    explicit server(handler talk, server_options options = {});
    /// One of a fleet.
    server(handler talk, server_options options, std::shared_ptr<detail::shared_limits> shared);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// One more address to listen at, before run(): where it is (the port that was chosen for port
    /// 0). Throws as io::listen() does, and std::logic_error within run().
    io::task<net::endpoint> listen(net::endpoint where, net::listen_options options = {});
    /// One more listener, before run(). Throws std::logic_error within it.
    void add(io::listener from);
    [[nodiscard]] std::vector<net::endpoint> local_endpoints() const;

    /// Serves until stop(), and until the last connection has ended.
    ///
    /// **Cancellation** ends all connections at once, then throws net::stopped. Throws what a
    /// listener fails with for good, after the same. Throws std::logic_error without a listener.
    [[nodiscard]] io::task<> run();

    /// Ends run() in an orderly way: nobody new, and `limits.drain` for those who are there. A
    /// second time it changes nothing; before run() it ends that at once. **Threads.** Any, but not
    /// a signal handler: see serve::run() for signals.
    void stop() noexcept;
    /// The same without patience: what is still there ends now. **Threads.** As for stop().
    void stop_now() noexcept;

    /// From now on these hold: for connections that begin. Those that are open keep theirs, and so
    /// does the kernel's queue (`backlog`).
    void replace(const serve::limits& limits);

    /// From any thread.
    [[nodiscard]] serve::counters counters() const noexcept;

 private:
    class core;
    std::unique_ptr<core> core_;
};

}  // namespace zocalo::serve
