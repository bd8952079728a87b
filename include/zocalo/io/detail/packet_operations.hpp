// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::io::detail {

/// Datagrams: those of a batch, or a single one.
class packets_operation : public operation {
 protected:
    packets_operation(verb which, descriptor* through) noexcept
        : operation(which), through_(through) {}
    packets_operation(packets_operation&&) noexcept = default;
    ~packets_operation() = default;

    /// Whether the operation may start: not on a closed socket, nor in a cancelled fiber.
    bool prepare(fiber& in, std::coroutine_handle<> who);
    /// The message says whom the socket is connected to, else where it is.
    [[noreturn]] void fail(const char* what_with_peer, const char* what) const;

    descriptor* through_;
};

class receive_packets_operation : public packets_operation {
 public:
    bool begin(fiber& in, std::coroutine_handle<> who);

    net::recv_batch* batch = nullptr;  ///< null: one datagram, into the next two
    mutable_buffer into;
    net::endpoint peer;

 protected:
    receive_packets_operation(descriptor* from, net::recv_batch& many) noexcept
        : packets_operation(verb::receive_packets, from), batch(&many) {}
    receive_packets_operation(descriptor* from, mutable_buffer one) noexcept
        : packets_operation(verb::receive_packets, from), into(one) {}
    receive_packets_operation(receive_packets_operation&&) noexcept = default;
    ~receive_packets_operation() = default;

    task<net::received> by_task_;  ///< when it goes wrong
};

class receive_batch_operation : public receive_packets_operation {
 public:
    receive_batch_operation(descriptor* from, net::recv_batch& many) noexcept
        : receive_packets_operation(from, many) {}
    std::size_t finish();
};

class receive_from_operation : public receive_packets_operation {
 public:
    receive_from_operation(descriptor* from, mutable_buffer one) noexcept
        : receive_packets_operation(from, one) {}
    net::received finish();
};

class send_packets_operation : public packets_operation {
 public:
    send_packets_operation(descriptor* through, const net::send_batch& many) noexcept
        : packets_operation(verb::send_packets, through), batch(&many) {}
    send_packets_operation(descriptor* through, const_buffer one, const net::endpoint* to) noexcept
        : packets_operation(verb::send_packets, through), data(one), peer(to) {}
    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish();

    const net::send_batch* batch = nullptr;  ///< null: one datagram, from the next two
    const_buffer data;
    const net::endpoint* peer = nullptr;  ///< null: whom the socket is connected to
    std::size_t sent = 0;                 ///< of the backend: how many of the batch

 private:
    task<> by_task_;  ///< when it goes wrong
};

}  // namespace zocalo::io::detail
