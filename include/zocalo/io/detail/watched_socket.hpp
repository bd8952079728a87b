// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/transport.hpp"

namespace zocalo::io::detail {

/// A transport that is a socket and somebody who looks on: a backend works on the socket by itself,
/// and no task stands between. What cannot be done so goes to the members of transport, as does
/// everything while faults are injected.
class watched_socket : public transport {
 public:
    [[nodiscard]] static watched_socket* of(transport* on) noexcept {
        return on != nullptr && on->kind_ == kind::watched ? static_cast<watched_socket*>(on)
                                                           : nullptr;
    }

    /// The socket to receive from now; null: call read().
    virtual descriptor* begin_receive() noexcept = 0;
    /// A count or −errno came of it. False: nobody is to be told, the stream has ended.
    virtual bool end_receive(std::int32_t result) noexcept = 0;
    /// The socket to send all that to now; null: call write().
    virtual descriptor* begin_send(std::span<const const_buffer> pieces) noexcept = 0;
    /// All was sent, or −errno.
    virtual void end_send(std::int32_t result) noexcept = 0;

    /// Under way between the two, in its fiber's room. Who wants another one meanwhile goes to the
    /// members of transport, and hears from the socket that it is busy.
    operation* read_on_its_way = nullptr;
    operation* write_on_its_way = nullptr;

 protected:
    watched_socket() noexcept : transport(kind::watched) {}
};

}  // namespace zocalo::io::detail
