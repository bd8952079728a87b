// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "io/backend/contract.hpp"
#include "io/backend/descriptor.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::io::detail {

/// A peer's address in the room that an IPv6 one takes; of other families it keeps nothing.
class small_endpoint {
 public:
    small_endpoint() noexcept = default;
    explicit small_endpoint(const net::endpoint& full) noexcept;
    [[nodiscard]] net::endpoint full() const;

 private:
    std::array<std::byte, 28> bytes_{};
};

/// What a socket's local or remote end is called: the call is getsockname or getpeername.
net::endpoint name_of(int fd, int (*ask)(int, void*, socklen_t*) noexcept);

/// What a loop took from the kernel for a socket and handed to nobody. It comes first for whoever
/// uses the socket next.
struct leftover {
    std::vector<std::byte> bytes;
    std::size_t taken = 0;
    int error = 0;
    std::deque<unique_fd> connections;
};

/// A socket of the operating system. There are many of them, so it is kept small.
class system_descriptor : public descriptor {
 public:
    explicit system_descriptor(unique_fd fd, const net::endpoint& peer = {}) noexcept
        : fd_(std::move(fd)), peer_(peer) {}
    ~system_descriptor() override;

    /// A pipe, terminal, device or file; see readiness.cpp for how it is read and written.
    struct no_socket {};
    system_descriptor(no_socket /*tag*/, unique_fd fd) noexcept
        : is_socket(false), fd_(std::move(fd)) {}

    /// Takes over a socket of level one; the descriptor of one that listens does not block then.
    static std::unique_ptr<descriptor> adopt(net::socket socket);

    /// Two that are connected with each other.
    static transport_pair make_pair();

    int shutdown(net::direction which) noexcept override;
    int set_option(int level, int name, const_buffer value) noexcept override;
    int get_option(int level, int name, mutable_buffer value) noexcept override;
    [[nodiscard]] int fileno() const noexcept override { return fd_.get(); }
    [[nodiscard]] net::endpoint local_endpoint() const override;
    [[nodiscard]] net::endpoint peer_endpoint() const override;

    /// Keeps what is left over, to be filled in.
    leftover& leave();
    [[nodiscard]] bool has_leftover() const noexcept { return rest_ != nullptr; }
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
    std::uint32_t registration = 0;  ///< of epoll: which one of all it is

 private:
    unique_fd fd_;
    small_endpoint peer_;
    std::unique_ptr<leftover> rest_;
};

}  // namespace zocalo::io::detail
