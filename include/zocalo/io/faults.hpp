// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <system_error>

#include "zocalo/net/endpoint.hpp"

/// Making operations go wrong on purpose, so that a test sees what the program does then.
///
/// A hook is asked before every operation of a loop (loop::set_faults()) or of a simulated host
/// (sim::host::set_faults()), on every backend alike:
///
///     io::loop loop;
///     loop.set_faults(io::fail_nth(io::operation_kind::send, 3, std::errc::connection_reset));
///     EXPECT_THROW(loop.run(send_report(server)), std::system_error);
namespace zocalo::io {

/// What a hook is asked about.
enum class operation_kind : std::uint8_t {
    listen,  ///< opening a listener or a datagram socket
    accept,
    connect,
    receive,
    send,
    receive_datagrams,
    send_datagrams,
    wait_ready,  ///< until a descriptor can be read or written
    open_file,
    read_file,
    write_file,
    sync_file,
    manage_file,  ///< its size, its names, its end
    finish,       ///< of a stream: that no more will be written
};

/// "receive"
[[nodiscard]] std::string_view to_text(operation_kind kind) noexcept;

/// What happens to one operation. As it is: nothing.
struct fault {
    /// It fails with this, and nothing of it is done: no byte is taken from the stream or sent.
    std::errc error = {};
    /// It begins so much later on the loop's clock; before that it can be cancelled.
    std::chrono::nanoseconds delay = {};
    /// Bytes at a time, of streams and files: a read brings no more, a write goes out in pieces of
    /// that size.
    std::size_t most = SIZE_MAX;

    [[nodiscard]] bool is_none() const noexcept {
        return error == std::errc{} && delay.count() <= 0 && most == SIZE_MAX;
    }
};

/// An operation that is about to begin.
struct coming_operation {
    operation_kind kind;
    net::endpoint address;       ///< the peer's; of listeners and datagrams received the own one
    std::uint64_t number;        ///< how many the loop has begun, with this one
    std::string_view path = {};  ///< of a file
};

/// Decides. What it throws comes out of the operation. **Threads.** Called on the loop's.
using fault_hook = std::function<fault(const coming_operation& what)>;

/// The n-th operation fails, counted from 1; and the n-th of a kind.
[[nodiscard]] fault_hook fail_nth(std::uint64_t n, std::errc error);
[[nodiscard]] fault_hook fail_nth(operation_kind kind, std::uint64_t n, std::errc error);

/// Every read and write of a stream goes in pieces of at most that many bytes: the program must not
/// care where the bytes are split. Throws std::invalid_argument for 0.
[[nodiscard]] fault_hook in_pieces(std::size_t most);

}  // namespace zocalo::io
