// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "zocalo/net/socket.hpp"

namespace zocalo::net {

/// Sending from the caller's own memory, without the copy into the kernel (MSG_ZEROCOPY).
///
/// The price is that the memory must stay alive and unchanged until the network has it: send_all()
/// gives a ticket, and when is_done(ticket), the memory is the caller's again. Worth it from about
/// 10 kB a send on. Where the kernel cannot (Unix sockets, old kernels, no memory to pin pages) the
/// data are copied and the ticket is done at once; over loopback it always copies.
///
/// The socket must outlive this, and nobody else may send with message_flag::zero_copy on it or
/// read its error queue. Destroying it waits for nothing: memory changed before its ticket is done
/// may go out changed.
class zero_copy_sender {
 public:
    /// Tells when memory is free again; comes from send_all().
    using ticket = std::uint64_t;

    /// Switches option::zero_copy on, if the socket knows it.
    explicit zero_copy_sender(socket& socket);

    /// Sends everything, with one deadline, and returns the ticket of this memory.
    [[nodiscard]] ticket send_all(const_buffer data);

    /// Asks without waiting.
    [[nodiscard]] bool is_done(ticket sent);
    /// Waits, as long as the socket's time-out says.
    void wait(ticket sent);
    /// The same for all that was sent.
    void wait_all() { wait(next_); }

    /// Whether sends still go without a copy, as far as is known; false after the kernel has
    /// reported that it copied after all.
    [[nodiscard]] bool avoids_copies() const noexcept { return enabled_ && !copied_; }

 private:
    bool read_completion();
    void complete(std::uint32_t first, std::uint32_t last);

    socket* socket_;
    bool enabled_;
    bool copied_ = false;
    std::uint64_t next_ = 0;  // the kernel's number of the next zero-copy send, without wrapping
    std::uint64_t done_below_ = 0;                                     // all before are done
    std::vector<std::pair<std::uint64_t, std::uint64_t>> done_later_;  // [first, end) beyond a gap
};

}  // namespace zocalo::net
