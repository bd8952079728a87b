// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/io/stream.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/serve/peer.hpp"
#include "zocalo/tls/context.hpp"

/// One client of a server.
namespace zocalo::serve {

class opened_entry;
class server;

namespace detail {
class guard;
class metered;
}  // namespace detail

/// How far the dialogue is, which decides what limits in time hold: see limits. `idle` and `total`
/// always do.
enum class phase {
    open,     ///< the handler does not say
    resting,  ///< between two requests; ends when the server stops, or needs the place
    head,     ///< a request's head: has to be there within `head`
    body,     ///< something large either way: a minimum rate, `bytes_per_second`
};

/// What a handler is given: the stream, and who is at the other end.
///
/// It belongs to the server and lives until the handler has ended, which closes the connection
/// unless it is parked.
/// **Limits.** When the peer passes one, whatever the handler waits for throws net::stopped. Let it
/// pass: the server knows the reason. **Threads.** That of the server's loop.
class connection {
 public:
    connection(io::stream socket, serve::peer who, std::uint64_t number, detail::guard& watch);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// The dialogue. It can be moved into another stream that goes around it, for instance TLS; the
    /// limits go on to hold.
    [[nodiscard]] io::stream& stream() noexcept { return stream_; }

    [[nodiscard]] const serve::peer& peer() const noexcept { return peer_; }
    /// Which of the server's addresses the client has chosen.
    [[nodiscard]] const net::endpoint& local_endpoint() const noexcept { return local_; }
    /// Counts the connections of the server from 1: for logs.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

    /// How the client begins: waits for the first byte, which stays unread.
    enum class opening : std::uint8_t { nothing, tls, other };
    [[nodiscard]] io::task<opening> look_at_opening();
    /// Puts back what was read of stream(): whoever reads it next has that first.
    void unread(std::string bytes);
    /// The server's handshake: from here on the dialogue is TLS, and peer().tls is there. Throws as
    /// tls::accept() does.
    [[nodiscard]] io::task<> secure(tls::server_context context);
    /// The same for a handler that made stream() a TLS stream itself (tls::upgrade()).
    void remember_tls();

    /// Sends bytes of a file that the kernel has in memory, without reading them, and says how
    /// many. 0 when they have to be read and written to stream(): where there is TLS, what comes
    /// from a disk, the end of the file. Throws as a write does.
    [[nodiscard]] io::task<std::uint64_t> send_cached(const opened_entry& file,
                                                      std::uint64_t offset, std::uint64_t most);

    /// What was sent is only a part, in a protocol where the end of the connection would make it
    /// the whole: when the handler has ended, the connection is reset, and what the peer has not
    /// taken is thrown away; TLS ends without its close_notify (RFC 8446 §6.1). Unix sockets cannot
    /// be reset: there it is a plain end.
    void abort() noexcept;

    /// Says where the dialogue is now; also begins the same phase anew.
    void enter(phase next) noexcept;
    /// The same as enter(phase::resting) for a handler that has nothing more to remember than
    /// remembered(). When nothing comes for a while (limits::park), the read that it waits in says
    /// that the stream has ended, as if the client had left. The handler returns without another
    /// word, and everything that it held is free; it is called anew when the client goes on.
    ///
    /// Only where the server's handler is one of that kind (handler::on_demand), and stream() is
    /// what it was at first: around TLS and the like this is enter() and nothing more.
    void may_park() noexcept;
    /// A number of the handler's own, which stays while it is parked; 0 at first.
    void remember(std::uint32_t number) noexcept;
    [[nodiscard]] std::uint32_t remembered() const noexcept;

    /// The server stops: the reply that is under way should be the last one.
    [[nodiscard]] bool is_draining() const noexcept;
    /// Waits until the server stops, for dialogues in which the server may speak at any time.
    [[nodiscard]] io::task<> wait_for_drain() const;

    /// Bytes that came in and went out so far, below TLS.
    [[nodiscard]] std::uint64_t bytes_received() const noexcept;
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept;

 private:
    friend class server;

    detail::guard& guard_;
    std::uint64_t number_;
    serve::peer peer_;
    net::endpoint local_;
    io::stream stream_;
    detail::metered* plain_;  ///< what stream_ is made of until it is moved into another one
};

}  // namespace zocalo::serve
