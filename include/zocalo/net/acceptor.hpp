// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <system_error>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/socket.hpp"

/// Taking connections without ever giving up and without ever spinning.
///
/// When a process or the machine has run out of descriptors or memory, accept(2) fails while the
/// listener stays readable: a loop around it burns a whole processor, and a program that takes the
/// error seriously ends. The acceptor pauses instead, for 10 ms at first and twice as long each
/// time, up to half a second. Whoever connects meanwhile waits in the kernel's queue.
namespace zocalo::net {

/// A listening socket that lives through exhaustion.
///
/// One thread at a time; only exhausted() may be called from others.
class acceptor {
 public:
    static constexpr std::chrono::milliseconds shortest_pause{10};
    static constexpr std::chrono::milliseconds longest_pause{500};

    /// Takes over a socket that is listening.
    explicit acceptor(net::socket listener) noexcept : listener_(std::move(listener)) {}

    /// The next connection, within the listener's time-out; pauses come on top of it. Throws what
    /// socket::accept() throws but for exhaustion.
    [[nodiscard]] accepted accept();

    /// One attempt, within the listener's time-out; nothing and the reason in `error` when it
    /// failed. During a pause it fails at once with std::errc::operation_would_block. After any
    /// error that lies outside this socket there is a pause: wait for pause(), then try again.
    [[nodiscard]] std::optional<accepted> try_accept(std::error_code& error);

    /// How long the listener is not worth watching: zero when there is no pause.
    [[nodiscard]] timeout pause() const noexcept;
    /// Begins a pause, or a longer one than the one before: for a caller who found out by itself
    /// that something has run out (threads, processes).
    void begin_pause() noexcept;
    /// Ends the pause: somebody has given descriptors back.
    void end_pause() noexcept { paused_.reset(); }

    /// How often something had run out.
    [[nodiscard]] std::uint64_t exhausted() const noexcept { return exhausted_; }

    [[nodiscard]] net::socket& listener() noexcept { return listener_; }
    [[nodiscard]] const net::socket& listener() const noexcept { return listener_; }

 private:
    net::socket listener_;
    std::optional<deadline> paused_;
    std::chrono::milliseconds next_pause_ = shortest_pause;
    std::atomic<std::uint64_t> exhausted_{0};
};

}  // namespace zocalo::net
