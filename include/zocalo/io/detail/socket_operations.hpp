// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

namespace zocalo::io {
class socket_settings;
class stream;
}  // namespace zocalo::io

namespace zocalo::io::detail {

/// The next connection of a listener.
class accept_operation : public operation {
 public:
    explicit accept_operation(transport* listener) noexcept
        : operation(verb::accept), listener_(listener) {}
    accept_operation(accept_operation&&) noexcept = default;
    bool begin(fiber& in, std::coroutine_handle<> who);
    stream finish();

    std::unique_ptr<transport> made;  ///< by the backend

 protected:
    ~accept_operation() = default;

 private:
    task<std::unique_ptr<transport>> by_task_;  ///< when it goes wrong
    transport* listener_;
};

/// A connection to one address.
class connect_operation : public operation {
 public:
    connect_operation(const net::endpoint& peer, const net::endpoint& local,
                      const socket_settings* with,
                      net::protocol which = net::protocol::automatic) noexcept
        : operation(verb::connect), to(peer), from(local), settings(with), protocol(which) {}
    connect_operation(connect_operation&&) noexcept = default;
    bool begin(fiber& in, std::coroutine_handle<> who);
    stream finish();

    net::endpoint to;
    net::endpoint from;               ///< bound first, unless it has no family
    const socket_settings* settings;  ///< given to the socket first; null: none
    net::protocol protocol;
    std::unique_ptr<transport> made;  ///< by the backend

 protected:
    ~connect_operation() = default;

 private:
    task<std::unique_ptr<transport>> by_task_;  ///< when it goes wrong
};

/// Readiness of a descriptor, for code that does the rest by itself.
class ready_operation : public operation {
 public:
    enum class direction : std::uint8_t { read, write };

    ready_operation(transport* what, direction which) noexcept
        : operation(verb::ready), wanted(which), transport_(what) {}
    ready_operation(ready_operation&&) noexcept = default;
    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish();

    direction wanted;

 protected:
    ~ready_operation() = default;

 private:
    task<> by_task_;  ///< when it goes wrong
    transport* transport_;
};

}  // namespace zocalo::io::detail
