// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/message_flag.hpp"
#include "zocalo/net/socket.hpp"

/// Messages with everything that may go with them: several buffers at once, an address, ancillary
/// data, flags (sendmsg(2), recvmsg(2)).
///
///     socket.send_msg({.data = "hello", .control = &control});
///     received_message message = socket.recv_msg({.data = buffer, .control = &control});
namespace zocalo::net {

/// One buffer, or a row of them that is sent or filled as if it were one; at most 1024.
///
/// Made implicitly from what a buffer is made from, or from a range of buffers, which must live as
/// long as this.
template <class Buffer>
class buffer_list {
 public:
    constexpr buffer_list() noexcept = default;

    template <class Source>
        requires std::convertible_to<Source&&, Buffer>
    constexpr buffer_list(Source&& source) noexcept : one_(source) {}

    template <class Range>
        requires(std::convertible_to<const Range&, std::span<const Buffer>> &&
                 !std::convertible_to<const Range&, Buffer>)
    constexpr buffer_list(const Range& range) noexcept
        : many_(std::span<const Buffer>(range)), is_many_(true) {}

    [[nodiscard]] constexpr std::span<const Buffer> all() const noexcept {
        return is_many_ ? many_ : std::span<const Buffer>(&one_, 1);
    }

 private:
    Buffer one_;
    std::span<const Buffer> many_;
    bool is_many_ = false;
};

/// What send_msg() sends. What the pointers point to must live until it returns.
struct outgoing_message {
    buffer_list<const_buffer> data;
    const endpoint* to = nullptr;  ///< null on a connected socket
    const outgoing_control* control = nullptr;
};

/// Where recv_msg() puts things. Without `control`, ancillary data are dropped, and descriptors
/// that a peer sends never reach this process.
struct incoming_message {
    buffer_list<mutable_buffer> data;
    incoming_control* control = nullptr;
};

/// What recv_msg() has received.
struct received_message {
    std::size_t size = 0;  ///< 0 is the end of a stream, or an empty datagram
    /// trunc: the datagram was longer than the buffers. ctrunc: ancillary data did not fit, or this
    /// process has no descriptors left for those that came. eor, oob, errqueue.
    message_flag flags{};
    endpoint peer;
};

/// Descriptors over a Unix socket, with some data (at least one byte). They stay open here.
std::size_t send_fds(socket& socket, const_buffer data, std::span<const int> fds,
                     message_flag flags = {});

/// Data with descriptors. `lost` says that there were more: beyond the caller's limit, or beyond
/// what this process may have open; those are closed.
struct received_fds {
    std::size_t size = 0;
    std::vector<unique_fd> fds;
    bool lost = false;
    endpoint peer;
};
[[nodiscard]] received_fds recv_fds(socket& socket, mutable_buffer into, std::size_t max_fds,
                                    message_flag flags = {});

/// Switches on what send_reply() needs: each datagram tells the address that it came to. For UDP
/// and raw sockets of both families.
void receive_destination(socket& socket);

/// Answers a datagram from the very address that it came to, so that a peer of a machine with
/// several addresses recognises the answer. `asked` is the ancillary data of the question; without
/// a destination in it, the routes choose.
std::size_t send_reply(socket& socket, const_buffer data, const endpoint& peer,
                       const control_view& asked, message_flag flags = {});
/// The same for a destination that was kept.
std::size_t send_reply(socket& socket, const_buffer data, const endpoint& peer,
                       const std::optional<destination>& came_to, message_flag flags = {});

}  // namespace zocalo::net
