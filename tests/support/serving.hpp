// SPDX-License-Identifier: MIT
#pragma once

#include <thread>

#include "zocalo/net/server.hpp"

namespace zocalo::test {

/// Has a server serve in a thread of its own, and stops it at the end of the scope.
class serving {
 public:
    explicit serving(net::server& server)
        : server_(server), thread_([&server] { server.serve_forever(); }) {}
    ~serving() { stop(); }
    serving(const serving&) = delete;
    serving& operator=(const serving&) = delete;

    /// Returns when serve_forever() has.
    void stop() {
        server_.shutdown();
        if (thread_.joinable()) thread_.join();
    }

 private:
    net::server& server_;
    std::thread thread_;
};

/// A socket bound to a free port of 127.0.0.1.
inline net::socket bound_to_loopback(net::type type = net::type::stream) {
    net::socket bound{net::family::inet, type};
    bound.bind(net::endpoint(net::address::loopback_v4(), 0));
    return bound;
}

}  // namespace zocalo::test
