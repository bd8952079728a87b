// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "zocalo/io/loop.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/serve/service_manager.hpp"

/// The same server on every core.
namespace zocalo::serve {

struct fleet_options {
    /// Limits hold for the fleet; each of its servers has its part of `connections`, and takes
    /// no more than that even while others have room. Hooks are called on the thread of the loop
    /// that the connection is on.
    serve::server_options server = {};
    /// 0: one for each processor that this process may use. Never more than `connections`.
    std::size_t loops = 0;
    io::backend_kind backend = io::backend_kind::automatic;
};

/// Threads with a loop and a server each, which share the addresses that they listen at and what is
/// counted for each peer's address, and nothing else.
///
/// TCP addresses have a socket for each loop (SO_REUSEPORT); the kernel deals the connections out.
/// **Threads.** All members but counters() and stop() on one thread.
class fleet {
 public:
    fleet(const handler& talk, const fleet_options& options);
    /// Stops and waits.
    ~fleet();
    fleet(const fleet&) = delete;
    fleet& operator=(const fleet&) = delete;

    /// Listens, before start(): where it is. Permissions are for Unix paths, and are none of IP's.
    /// Throws as net::create_server() does.
    net::endpoint listen(const net::endpoint& where, const net::listen_options& options = {});
    /// Sockets that listen already, before start(). Those that came from fleets of another number
    /// of loops are dealt out too.
    void add(std::vector<inherited_socket> sockets);
    [[nodiscard]] std::vector<net::endpoint> local_endpoints() const;
    /// Duplicates of all sockets that it listens with, for hand_over(). While they are open, those
    /// who connect after a stop wait in vain: destroy them first.
    [[nodiscard]] std::vector<inherited_socket> sockets() const;

    /// Begins to serve. Throws std::logic_error without an address, and what a thread could not
    /// begin for.
    void start();
    /// Orderly, and without patience: see server. Any thread.
    void stop() noexcept;
    void stop_now() noexcept;
    /// Until all servers have ended. Throws what one of them did; then the others were stopped.
    void wait();
    /// Comes true when all servers have ended.
    [[nodiscard]] const net::stop_condition& ended() const noexcept;

    /// From now on these hold for the fleet, for connections that begin: see server. Those for each
    /// address at once, the others from the next turn of each loop on. Any thread.
    void replace(const serve::limits& limits);

    /// Of all its servers. Any thread.
    [[nodiscard]] serve::counters counters() const noexcept;
    [[nodiscard]] std::size_t loops() const noexcept;

 private:
    class core;
    std::unique_ptr<core> core_;
};

}  // namespace zocalo::serve
