// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/backend/system_descriptor.hpp"

namespace zocalo::io::detail {

/// A socket for a connection, bound when the caller wants that; or −errno.
[[nodiscard]] int open_for(const connect_operation& what) noexcept;
/// What backend::listen() does with sockets of the operating system.
[[nodiscard]] std::unique_ptr<descriptor> open_listener(const net::endpoint& where,
                                                        const net::listen_options& options);
/// Tries to do what `what` asks for without waiting: whether it is finished.
[[nodiscard]] bool attempt(operation& what, int flags);
/// The same after poll(2) or its like has reported `events`. An error or a hang-up is reported
/// until somebody takes what it is about. When a hundred such reports in a row bring the operation
/// nothing, it ends with −ENODATA: it would keep the loop busy for ever.
[[nodiscard]] bool attempt_reported(operation& what, unsigned events);

/// What poll and epoll have in common: an operation is a system call that is made when the kernel
/// says that it would not block.
///
/// A send is tried at once, for there is room nearly always. A receive is tried at once only when
/// the last one filled its buffer: an empty one costs nearly as much as asking, and the data of a
/// dialogue is rarely there yet.
class readiness_backend : public backend {
 public:
    std::unique_ptr<descriptor> listen(const net::endpoint& where,
                                       const net::listen_options& options) override;

    bool receive(receive_operation& what) override;
    bool send(send_operation& what) override;
    bool accept(accept_operation& what) override;
    bool connect(connect_operation& what) override;
    bool receive_packets(receive_packets_operation& what) override;
    bool send_packets(send_packets_operation& what) override;
    bool wait_ready(ready_operation& what) override;
    void cancel(operation& what) noexcept override;

 protected:
    /// Makes the kernel report the direction, before its slot is filled: 0 or −errno. Not asked
    /// about what the descriptor says to be watched already.
    virtual int watch(system_descriptor& which, bool writing) = 0;
    /// The slot was emptied without a report.
    virtual void unwatch(system_descriptor& /*which*/, bool /*writing*/) noexcept {}

    /// The kernel need not report about a socket for a while, on which nothing is kept.
    virtual void pause(system_descriptor& /*which*/) noexcept {}

    /// What is in a slot, which is free then.
    operation& take(operation*& slot) noexcept {
        --kept_;
        return *std::exchange(slot, nullptr);
    }
    [[nodiscard]] bool has_pending() const noexcept override { return kept_ > 0; }

 private:
    bool keep(operation& what, bool writing);

    std::size_t kept_ = 0;  ///< operations that wait for a report
};

}  // namespace zocalo::io::detail
