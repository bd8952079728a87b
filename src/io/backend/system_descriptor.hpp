// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "io/backend/contract.hpp"
#include "io/backend/descriptor.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::io::detail {

/// What a socket's local or remote end is called: the call is getsockname or getpeername.
net::endpoint name_of(int fd, int (*ask)(int, void*, socklen_t*) noexcept);

/// What a loop took from the kernel for a socket and handed to nobody. It comes first for whoever
/// uses the socket next.
struct leftover {
    std::vector<std::byte> bytes;
    std::size_t taken = 0;
    int error = 0;
    std::vector<unique_fd> connections;  ///< the oldest first
};

/// A socket's peer, and what is left over of it. There are many sockets, and most have an IPv4 peer
/// or none and nothing left over: that is kept in 8 bytes, anything else in a place of its own.
class peer_notes {
 public:
    /// Of families other than IPv4 and IPv6 it keeps nothing.
    explicit peer_notes(const net::endpoint& peer);
    peer_notes(const peer_notes&) = delete;
    peer_notes& operator=(const peer_notes&) = delete;
    ~peer_notes();

    [[nodiscard]] net::endpoint peer() const;
    [[nodiscard]] leftover* rest() const noexcept;
    leftover& leave();
    void drop_rest() noexcept;

 private:
    struct place;  // whose address is even
    static constexpr std::uint64_t is_inet = 1;

    [[nodiscard]] place* elsewhere() const noexcept;

    std::uint64_t bits_ = 0;  ///< an IPv4 address, its port and is_inet; or where the place is
};

/// What every TCP connection that io makes or accepts has, unless it gets other settings; a
/// listener gives it to those that it accepts. Others refuse it, which does no harm.
void send_promptly(int fd) noexcept;

/// A socket of the operating system. There are many of them, so it is kept small.
class system_descriptor : public descriptor {
 public:
    explicit system_descriptor(unique_fd fd, const net::endpoint& peer = {})
        : fd_(std::move(fd)), notes_(peer) {}
    ~system_descriptor() override;

    /// A pipe, terminal, device or file; see readiness.cpp for how it is read and written.
    struct no_socket {};
    system_descriptor(no_socket /*tag*/, unique_fd fd)
        : is_socket(false), fd_(std::move(fd)), notes_({}) {}

    /// Takes over a socket of level one; the descriptor of one that listens does not block then.
    static std::unique_ptr<descriptor> adopt(net::socket socket);

    /// Two that are connected with each other.
    static transport_pair make_pair();

    int shutdown(net::direction which) noexcept override;
    int set_option(int level, int name, const_buffer value) noexcept override;
    int get_option(int level, int name, mutable_buffer value) noexcept override;
    std::int64_t send_now(const_buffer data) noexcept override;
    [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
    [[nodiscard]] net::endpoint local_endpoint() const override;
    [[nodiscard]] net::endpoint peer_endpoint() const override;

    /// Keeps what is left over, to be filled in.
    leftover& leave();
    [[nodiscard]] bool has_leftover() const noexcept { return notes_.rest() != nullptr; }
    /// Gives what was left over; false when there is nothing.
    bool take_leftover(receive_operation& what);
    /// The same of a listener: a connection, or none.
    unique_fd take_waiting() noexcept;

    /// Whether a receive is worth a try: false after one that found less than it had room for.
    bool may_be_readable = false;
    const bool is_socket = true;
    /// Of epoll: the directions that it reports.
    static constexpr std::uint8_t reads = 1;
    static constexpr std::uint8_t writes = 2;
    std::uint8_t watched = 0;

 private:
    unique_fd fd_;
    peer_notes notes_;
};

struct peer_notes::place {
    std::array<std::byte, 28> peer{};  ///< zeros: none
    std::unique_ptr<leftover> rest;
};

inline peer_notes::place* peer_notes::elsewhere() const noexcept {
    if ((bits_ & is_inet) != 0) return nullptr;
    return reinterpret_cast<place*>(bits_);  // NOLINT: made from one
}

inline leftover* peer_notes::rest() const noexcept {
    const place* const there = elsewhere();
    return there == nullptr ? nullptr : there->rest.get();
}

}  // namespace zocalo::io::detail
