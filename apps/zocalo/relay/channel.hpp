// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <system_error>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::program {

class traffic_log;

/// What a read brought: nothing yet, bytes (none, in an empty packet), or the end and its reason.
struct arrival {
    enum { nothing, bytes, end } what = nothing;
    std::size_t size = 0;
    std::error_code error = {};
};

/// One side of a relay: bytes come out of it and go into it.
///
/// read() and write() are called when poll(2) has said that the descriptor is ready, and then do
/// not wait. A write may take less than it is given, but takes packets whole.
class channel {
 public:
    channel() = default;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    virtual ~channel() = default;

    [[nodiscard]] virtual int read_fd() const noexcept = 0;
    [[nodiscard]] virtual int write_fd() const noexcept = 0;
    [[nodiscard]] virtual arrival read(mutable_buffer into) = 0;
    [[nodiscard]] virtual net::transfer write(const_buffer data) = 0;
    /// Nothing more will be written; the other end may be told.
    virtual void finish() noexcept {}
    /// Whether what one read brings is a message and must be written in one piece.
    [[nodiscard]] virtual bool keeps_packets() const noexcept { return false; }
};

/// Any connected socket. An empty datagram is a message and not an end; an empty record is the end.
class socket_channel : public channel {
 public:
    /// `socket`, and `log` where there is one, must outlive this.
    explicit socket_channel(net::socket& socket, traffic_log* log = nullptr) noexcept
        : socket_(socket), log_(log) {}

    [[nodiscard]] int read_fd() const noexcept override { return socket_.fileno(); }
    [[nodiscard]] int write_fd() const noexcept override { return socket_.fileno(); }
    [[nodiscard]] arrival read(mutable_buffer into) override;
    [[nodiscard]] net::transfer write(const_buffer data) override;
    void finish() noexcept override;
    [[nodiscard]] bool keeps_packets() const noexcept override;

 private:
    net::socket& socket_;
    traffic_log* log_;
};

/// One peer of an unconnected datagram socket. What it sends is read by whoever owns the socket.
class peer_channel : public channel {
 public:
    /// What is written comes from the address that the peer has sent to, where that is known.
    /// `socket` and `log` must outlive this.
    peer_channel(net::socket& socket, const net::endpoint& peer,
                 const std::optional<net::destination>& asked_at, traffic_log* log)
        : socket_(socket), peer_(peer), log_(log) {
        if (asked_at) from_.source(*asked_at);
    }

    [[nodiscard]] int read_fd() const noexcept override { return -1; }
    [[nodiscard]] int write_fd() const noexcept override { return socket_.fileno(); }
    [[nodiscard]] arrival read(mutable_buffer) override { return {}; }
    [[nodiscard]] net::transfer write(const_buffer data) override;
    [[nodiscard]] bool keeps_packets() const noexcept override { return true; }

 private:
    net::socket& socket_;
    net::endpoint peer_;
    net::outgoing_control from_;
    traffic_log* log_;
};

/// A pair of descriptors that are no sockets of ours: standard input and output, pipes, files.
///
/// Their blocking mode is left alone, because other processes may share it.
class descriptor_channel : public channel {
 public:
    /// The descriptors stay the caller's.
    descriptor_channel(int in, int out);

    [[nodiscard]] int read_fd() const noexcept override { return in_; }
    [[nodiscard]] int write_fd() const noexcept override { return out_; }
    [[nodiscard]] arrival read(mutable_buffer into) override;
    [[nodiscard]] net::transfer write(const_buffer data) override;

 private:
    int in_;
    int out_;
    std::size_t most_per_write_;
};

}  // namespace zocalo::program
