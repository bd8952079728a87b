// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"

/// Waiting for descriptors that somebody else reads and writes: the connection of a database
/// library, of a display, of a library for transfers.
namespace zocalo::io {

/// Tells when a descriptor can be read or written, and takes nothing from it.
///
///     io::readiness server(PQsocket(connection));
///     while (PQisBusy(connection)) {
///         co_await server.readable();
///         if (!PQconsumeInput(connection)) throw ...
///     }
///
/// It has a duplicate of the descriptor, and watches that. So it does not matter who closes the
/// number, or when, or what has the number next: a wait that is under way goes on for what was
/// meant. But a connection ends for the peer only when the last duplicate is closed: end this
/// object before the library closes its own, or soon after. A library that comes with another
/// number, as many do when they connect anew, needs another one of these.
///
/// One wait for reading and one for writing may be under way at once; another one fails with
/// std::errc::device_or_resource_busy. **Lifetime.** It must live until the waits have ended.
/// **Threads.** As a stream: one loop at a time. **Cancellation** ends a wait with net::stopped. In
/// a simulated network, where no descriptor of the operating system means anything, a wait throws
/// std::logic_error.
class readiness {
 public:
    /// Of no descriptor: a wait fails with std::errc::bad_file_descriptor.
    readiness() noexcept = default;
    /// Throws std::system_error when the number is not open, or none is left for the duplicate.
    explicit readiness(int fd);
    /// Takes over the descriptor: there is no duplicate.
    explicit readiness(unique_fd owned);

    /// Until a read, or accept(2), would not wait: there is something, or its end, or an error. As
    /// long as nobody takes it, the next wait ends at once. A regular file is always ready.
    [[nodiscard]] auto readable() const noexcept {
        return wait(detail::ready_operation::direction::read);
    }
    /// Until a write would not wait, or would fail; or connect(2) has come to an end.
    [[nodiscard]] auto writable() const noexcept {
        return wait(detail::ready_operation::direction::write);
    }

 private:
    [[nodiscard]] detail::awaitable<detail::ready_operation> wait(
        detail::ready_operation::direction which) const noexcept {
        return {watched_.get(), which};
    }

    std::unique_ptr<transport> watched_;
};

/// One wait, on a duplicate that lives as long: for many waits readiness is cheaper. Throws what
/// that does.
[[nodiscard]] task<> wait_readable(int fd);
[[nodiscard]] task<> wait_writable(int fd);

}  // namespace zocalo::io
