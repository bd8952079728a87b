// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "io/backend/system_descriptor.hpp"
#include "zocalo/io/detail/packet_operations.hpp"
#include "zocalo/io/socket_settings.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::io::detail {

/// A socket for datagrams. It keeps level one's socket, whose batches do the work.
class packet_descriptor final : public system_descriptor {
 public:
    explicit packet_descriptor(net::socket socket)
        : system_descriptor(unique_fd(socket.fileno())), socket_(std::move(socket)) {}
    ~packet_descriptor() override { (void)socket_.release(); }  // the base closes it

    /// What backend::connect_packets() makes.
    static std::unique_ptr<descriptor> connect(const net::endpoint& peer,
                                               const net::endpoint& local,
                                               const socket_settings& settings);

    [[nodiscard]] net::socket& socket() noexcept { return socket_; }

    /// What is there, or fits, without waiting: the result for the operation, or −EAGAIN.
    long receive(receive_packets_operation& what) noexcept;
    long send(send_packets_operation& what) noexcept;

 private:
    net::socket socket_;
};

}  // namespace zocalo::io::detail
