// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/listen.hpp"

/// Taking connections.
namespace zocalo::io {

/// A socket that takes connections, and the streams that come out of it.
///
/// One accept() may be under way at once. **Cancellation** ends it with net::stopped; no connection
/// is lost. Move-only; destroying it stops listening.
///
/// TCP connections that come out of it, and those of connect(), send what they are given at once
/// (net::option::tcp::no_delay) and leave at most about 48 KiB with the kernel that it cannot send
/// yet; what a connection's own settings say instead counts.
class listener {
 public:
    /// Takes none: accept() fails with std::errc::bad_file_descriptor.
    listener() noexcept = default;
    /// Takes over a socket of level one that listens, for instance one that was inherited.
    explicit listener(net::socket listening);

    /// The next connection; its peer_endpoint() says from whom. Those that died in the queue are
    /// passed over. When the process is out of descriptors this throws
    /// std::errc::too_many_files_open: wait a little before the next call.
    auto accept() noexcept { return detail::awaitable<detail::accept_operation>(transport_.get()); }

    void close() noexcept { transport_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return transport_ != nullptr; }
    [[nodiscard]] net::endpoint local_endpoint() const;

 private:
    friend task<listener> listen(net::endpoint where, net::listen_options options);
    explicit listener(std::unique_ptr<transport> made) noexcept : transport_(std::move(made)) {}

    std::unique_ptr<transport> transport_;
};

/// Takes connections at an address: `co_await io::listen(net::endpoint::parse("127.0.0.1:8080"))`.
///
/// It is a task because the backend of the loop opens the socket: the same program listens in a
/// simulated network. Throws as net::create_server() does.
[[nodiscard]] task<listener> listen(net::endpoint where, net::listen_options options = {});

}  // namespace zocalo::io
