// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/message_flag.hpp"
#include "zocalo/net/socket.hpp"

/// Many datagrams in one system call (sendmmsg(2), recvmmsg(2)), and one buffer as many datagrams
/// (UDP segmentation and receive offload).
///
/// A batch belongs to the caller, is filled again and again, and allocates only when it is made.
/// One that has been moved from may be destroyed or assigned to, and nothing else.
namespace zocalo::net {

/// Datagrams to be sent together. Data and ancillary data must live until they are sent; addresses
/// are copied.
class send_batch {
 public:
    /// Room for `capacity` datagrams.
    explicit send_batch(std::size_t capacity);
    send_batch(send_batch&&) noexcept;
    send_batch& operator=(send_batch&&) noexcept;
    ~send_batch();

    /// Adds one, on a connected socket or with an address; false when the batch is full.
    bool add(const_buffer datagram) noexcept;
    bool add(const_buffer datagram, const endpoint& to) noexcept;
    bool add(const_buffer datagram, const endpoint& to, const outgoing_control& control) noexcept;

    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] std::size_t capacity() const noexcept;
    void clear() noexcept;

    /// What was added; an endpoint without a family stands for whom the socket is connected to.
    [[nodiscard]] const_buffer data(std::size_t index) const noexcept;
    [[nodiscard]] const endpoint& peer(std::size_t index) const noexcept;

 private:
    friend transfer try_send_many(socket& socket, const send_batch& batch, message_flag flags,
                                  std::size_t first);
    struct rows;
    std::unique_ptr<rows> rows_;
};

/// Sends the whole batch, in order, with one deadline for all of it. The batch stays as it is.
void send_many(socket& socket, const send_batch& batch, message_flag flags = {});
/// The same from datagram number `first` on; `size` is how many went out before the error.
[[nodiscard]] transfer try_send_many(socket& socket, const send_batch& batch,
                                     message_flag flags = {}, std::size_t first = 0);

/// Room for datagrams that come together, and what came.
class recv_batch {
 public:
    /// Room for `capacity` datagrams of `size` bytes (longer ones are cut), each with `control`
    /// bytes of ancillary data. With option::udp::receive_offload, 65535 bytes and 64 bytes of
    /// control hold all that can come at once. Descriptors are never taken: what comes is closed.
    recv_batch(std::size_t capacity, std::size_t size, std::size_t control = 0);
    recv_batch(recv_batch&&) noexcept;
    recv_batch& operator=(recv_batch&&) noexcept;
    ~recv_batch();

    /// How many messages the last recv_many() brought. Indices below are less than that; what they
    /// give lives until the next receive.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] const_buffer data(std::size_t index) const noexcept;
    [[nodiscard]] const endpoint& peer(std::size_t index) const noexcept;
    [[nodiscard]] message_flag flags(std::size_t index) const noexcept;
    [[nodiscard]] control_view control(std::size_t index) const noexcept;

    /// Puts one in as if it had been received, cut to its room; false when there is none left. For
    /// networks that are not the kernel's.
    bool put(const_buffer datagram, const endpoint& from) noexcept;
    void clear() noexcept;

    /// Calls `visit(const_buffer datagram, const endpoint& peer)` for every datagram, with what
    /// receive offload has put together taken apart again.
    template <class Visit>
    void for_each_datagram(Visit visit) const {
        for (std::size_t i = 0; i < size(); ++i) {
            const std::size_t step = control(i).segment_size().value_or(0);
            const_buffer rest = data(i);
            do {
                const const_buffer datagram = step == 0 ? rest : rest.first(step);
                visit(datagram, peer(i));
                rest = rest.without(datagram.size());
            } while (!rest.empty());
        }
    }

 private:
    friend transfer try_recv_many(socket& socket, recv_batch& batch, message_flag flags);
    struct rows;
    std::unique_ptr<rows> rows_;
};

/// Waits for one message as recv() does, takes what else is there, and returns how many.
std::size_t recv_many(socket& socket, recv_batch& batch, message_flag flags = {});
[[nodiscard]] transfer try_recv_many(socket& socket, recv_batch& batch, message_flag flags = {});

/// Sends `data` as UDP datagrams of `segment` bytes each, the last may be shorter: cut by the
/// kernel or the network card where they can, else here, with the same result. `to` is null on a
/// connected socket. One deadline for all of it.
///
/// Throws std::invalid_argument for a segment of 0 or above 65507 bytes.
void send_segments(socket& socket, const_buffer data, std::size_t segment,
                   const endpoint* to = nullptr);
/// The same; `size` is how many bytes went out before the error.
[[nodiscard]] transfer try_send_segments(socket& socket, const_buffer data, std::size_t segment,
                                         const endpoint* to = nullptr);

/// Switches receive offload on; false when this kernel has none, and datagrams come one by one.
bool receive_segments(socket& socket);

}  // namespace zocalo::net
