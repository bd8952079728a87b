// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/message_flag.hpp"

/// The BSD socket as a value.
namespace zocalo::net {

class stop_condition;
class socket;
struct accepted;
struct received;
struct received_text;
struct outgoing_message;
struct incoming_message;
struct received_message;

/// How much an attempt moved, and why it did not go on; `error` is false when nothing went wrong.
struct transfer {
    std::size_t size = 0;
    std::error_code error;
};

/// Which directions shutdown() closes (SHUT_*).
enum class direction : int { read = 0, write = 1, both = 2 };

/// Types that name one socket option and carry its value; see option.hpp. What can only be read is
/// not settable, and the other way round.
template <class Option>
concept settable_option = requires(const Option option) {
    { Option::level } -> std::convertible_to<int>;
    { Option::name } -> std::convertible_to<int>;
    { option.encode() } -> std::convertible_to<const_buffer>;
};
template <class Option>
concept gettable_option = requires(const_buffer bytes) {
    { Option::level } -> std::convertible_to<int>;
    { Option::name } -> std::convertible_to<int>;
    { Option::capacity } -> std::convertible_to<std::size_t>;
    { Option::decode(bytes) } -> std::same_as<Option>;
};

/// A socket: one descriptor with its owner, its kind and its time-out.
///
/// **Errors.** A call that fails throws std::system_error; its message names the call, the
/// addresses and the cause. The calls named try_... report the same as a value. A time-out is
/// std::errc::timed_out, a stop is std::errc::operation_canceled, "would block" is
/// std::errc::operation_would_block, and a peer that closed is a receive of 0 bytes. Signals never
/// interrupt a call, writing to a closed peer never raises SIGPIPE, and no child process inherits
/// the descriptor.
///
/// **Threads.** Several threads may use one socket at once as far as the kernel allows it, for
/// instance one that sends and one that receives. Closing, moving, set_timeout() and stop_with()
/// need it for themselves.
///
/// **Lifetime.** Buffers given to a call must live until it returns; nothing is kept.
class socket {
 public:
    /// No socket: every call but the assignments and close() fails with
    /// std::errc::bad_file_descriptor.
    socket() noexcept = default;

    /// Opens one (socket(2)). Raw and packet sockets want CAP_NET_RAW; the error then says so.
    explicit socket(net::family family, net::type type = net::type::stream,
                    net::protocol protocol = net::protocol::automatic);

    /// Takes over a descriptor that is a socket: inherited from a parent, received from a peer,
    /// opened by hand. Its family, type, protocol and blocking mode are asked from the kernel. On
    /// an error (not a socket) the descriptor stays the caller's.
    static socket adopt(int fd);

    /// Two connected sockets on this machine (socketpair(2)).
    static std::pair<socket, socket> pair(net::type type = net::type::stream,
                                          net::family family = net::family::local);

    socket(socket&&) noexcept = default;
    socket& operator=(socket&&) noexcept = default;

    // --- Names and connections
    // ------------------------------------------------------------------------

    /// Gives the socket its own address. A host and a service are looked up first, in the socket's
    /// family: `bind({"", 8080})`, `bind({"localhost", "http-alt"})`.
    void bind(const endpoint& where);
    void bind(const host_port& where);

    /// Starts taking connections; up to `backlog` wait for accept(). The kernel cuts it to
    /// net.core.somaxconn, 4096 by default.
    void listen(int backlog = 128);

    /// The next connection and who made it; waits as long as the time-out says. Connections that
    /// died in the queue are passed over. The new socket blocks, whatever this one does.
    [[nodiscard]] accepted accept();
    /// The same; nothing and the reason in `error` where accept() throws.
    [[nodiscard]] std::optional<accepted> try_accept(std::error_code& error);

    /// Connects, or for datagrams sets whom send() goes to and recv() comes from. One deadline for
    /// all of it, a look-up included; a socket that does not block waits for that all the same.
    /// After a failure the socket is good for nothing but closing (connect(2)). Host and
    /// service are looked up in the socket's family and only the first address is tried:
    /// create_connection() tries them all.
    void connect(const endpoint& peer);
    void connect(const host_port& peer);
    /// Python's connect_ex(): the reason as a value.
    [[nodiscard]] std::error_code try_connect(const endpoint& peer);

    /// Ends one direction of a connection, or both; the peer of a stream then reads the end of it.
    void shutdown(direction which);

    /// Closes the descriptor now; a second time does nothing.
    void close() noexcept { fd_.reset(); }

    // --- Sending
    // --------------------------------------------------------------------------------------

    /// Sends some of `data` and returns how much: at least one byte, or a whole datagram.
    std::size_t send(const_buffer data, message_flag flags = {});
    [[nodiscard]] transfer try_send(const_buffer data, message_flag flags = {});

    /// Sends everything, with one deadline for all of it. When it fails, an unknown part has been
    /// sent.
    void send_all(const_buffer data, message_flag flags = {});
    /// The same; `size` is what was handed to the kernel.
    [[nodiscard]] transfer try_send_all(const_buffer data, message_flag flags = {});

    /// Sends one datagram to `to`.
    std::size_t send_to(const_buffer data, const endpoint& to, message_flag flags = {});
    std::size_t send_to(const_buffer data, const host_port& to, message_flag flags = {});
    [[nodiscard]] transfer try_send_to(const_buffer data, const endpoint& to,
                                       message_flag flags = {});

    // --- Receiving
    // ------------------------------------------------------------------------------------

    /// Receives at most `into.size()` bytes and returns how many; 0 is the end of the stream (or an
    /// empty datagram). What is too long for the buffer is lost with datagrams and waits with
    /// streams.
    std::size_t recv(mutable_buffer into, message_flag flags = {});
    [[nodiscard]] transfer try_recv(mutable_buffer into, message_flag flags = {});

    /// The same into a new string of at most `limit` bytes.
    [[nodiscard]] std::string recv(std::size_t limit, message_flag flags = {});

    /// Fills the buffer, with one deadline for all of it, and returns how much: less only at the
    /// end of the stream.
    std::size_t recv_exactly(mutable_buffer into);

    /// Receives one datagram (or some of a stream) and who sent it.
    received recv_from(mutable_buffer into, message_flag flags = {});
    [[nodiscard]] received_text recv_from(std::size_t limit, message_flag flags = {});

    /// Several buffers, an address and ancillary data in one; see message.hpp.
    std::size_t send_msg(const outgoing_message& message, message_flag flags = {});
    [[nodiscard]] transfer try_send_msg(const outgoing_message& message, message_flag flags = {});
    received_message recv_msg(const incoming_message& into, message_flag flags = {});
    [[nodiscard]] received_message try_recv_msg(const incoming_message& into,
                                                std::error_code& error, message_flag flags = {});

    // --- State
    // ----------------------------------------------------------------------------------------

    /// None: calls wait for ever. Zero: they never wait. A span: each call waits that long at most,
    /// and send_all(), recv_exactly() and connect() that long in all.
    void set_timeout(timeout limit);
    [[nodiscard]] timeout get_timeout() const noexcept { return timeout_; }
    /// `set_blocking(true)` is no time-out, `set_blocking(false)` is a time-out of zero.
    void set_blocking(bool on) { set_timeout(on ? timeout::none() : timeout::zero()); }
    [[nodiscard]] bool get_blocking() const noexcept { return !timeout_.is_zero(); }

    /// Lets `condition`, which must outlive this socket, end every wait from now on.
    void stop_with(const stop_condition& condition);
    /// The descriptor of that condition, or −1: for code that waits on the socket by hand.
    [[nodiscard]] int stop_fileno() const noexcept { return stop_fd_; }

    template <settable_option Option>
    void set(const Option& option) {
        set_option(Option::level, Option::name, const_buffer(option.encode()));
    }
    template <gettable_option Option>
    [[nodiscard]] Option get() const {
        std::byte bytes[Option::capacity];
        return Option::decode(
            const_buffer(bytes, get_option(Option::level, Option::name, mutable_buffer(bytes))));
    }

    /// Options by number, for those without a type: an int, or bytes.
    void set_option(int level, int name, int value);
    void set_option(int level, int name, const_buffer value);
    [[nodiscard]] int get_option(int level, int name) const;
    /// Returns how many bytes of `value` the kernel has filled.
    std::size_t get_option(int level, int name, mutable_buffer value) const;

    /// Where this socket is (getsockname(2)) and whom it is connected to (getpeername(2)).
    [[nodiscard]] endpoint local_endpoint() const;
    [[nodiscard]] endpoint peer_endpoint() const;

    /// The error that waits in the socket (SO_ERROR); reading takes it away.
    [[nodiscard]] std::error_code take_error() const;

    /// Bytes that recv() gives without waiting: of a stream all that came (up to urgent data), of
    /// datagrams the next one. unsent(): bytes that the peer (streams) or the network (datagrams)
    /// does not have yet.
    [[nodiscard]] std::size_t available() const;
    [[nodiscard]] std::size_t unsent() const;
    /// Whether the next byte is the one after urgent data (SIOCATMARK; RFC 6093 advises against
    /// it).
    [[nodiscard]] bool at_mark() const;

    [[nodiscard]] net::family family() const noexcept { return family_; }
    [[nodiscard]] net::type type() const noexcept { return type_; }
    [[nodiscard]] net::protocol protocol() const noexcept { return protocol_; }

    /// Whether a child process would inherit the descriptor; not, unless asked for.
    [[nodiscard]] bool get_inheritable() const;
    void set_inheritable(bool on);

    /// The descriptor, or −1; it stays owned by the socket.
    [[nodiscard]] int fileno() const noexcept { return fd_.get(); }
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(fd_); }

    /// Gives the descriptor up: the caller closes it. Python's detach().
    [[nodiscard]] int release() noexcept { return fd_.release(); }
    /// A second descriptor for the same socket; time-out and stop as here. Whether it blocks
    /// belongs to the socket that both share, so give both the same time-out.
    [[nodiscard]] socket dup() const;

 private:
    socket(unique_fd fd, net::family family, net::type type, net::protocol protocol) noexcept
        : fd_(std::move(fd)), family_(family), type_(type), protocol_(protocol) {}

    long accept_into(accepted& connection);
    void apply_blocking_mode();

    unique_fd fd_;
    int stop_fd_ = -1;
    timeout timeout_ = timeout::none();
    net::family family_ = net::family::unspecified;
    net::type type_ = net::type::stream;
    net::protocol protocol_ = net::protocol::automatic;
};

/// A new connection: `auto [client, peer] = server.accept();`.
struct accepted {
    net::socket client;
    endpoint peer;
};

/// How many bytes came and from whom.
struct received {
    std::size_t size = 0;
    endpoint peer;
};

/// What came and from whom.
struct received_text {
    std::string data;
    endpoint peer;
};

}  // namespace zocalo::net
