// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/detail/stream_operations.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/socket.hpp"

/// The one byte stream that protocols see.
namespace zocalo::io {

/// A connection: TCP, Unix, TLS, a proxied one, memory, or one in a simulated network.
///
/// Every operation is awaited (`co_await peer.read()`) or blocks the thread (`peer.read().get()`).
/// One read and one write may be under way at once; a second one of the same kind fails with
/// std::errc::device_or_resource_busy. **Cancellation** ends an operation with net::stopped; what
/// was read is never lost, of what was being written an unknown part is sent. **Lifetime.** Buffers
/// must live until the operation has ended; so must the stream. Move-only; destroying it closes the
/// connection. **Errors.** std::system_error that names the operation and the peer's address; the
/// end of the stream is an empty chunk, or 0.
class stream {
 public:
    /// No connection: every operation fails with std::errc::bad_file_descriptor.
    stream() noexcept = default;
    explicit stream(std::unique_ptr<transport> made_of) noexcept : transport_(std::move(made_of)) {}
    /// Takes over a connected socket of level one.
    explicit stream(net::socket connected);

    /// Two connected ends on this machine: what one writes the other one reads. In a task on a
    /// simulated host they are on that.
    static std::pair<stream, stream> pair();

    /// Waits for bytes and lends them: at most 64 KiB; see chunk.
    auto read() noexcept {
        return detail::awaitable_transfer<detail::read_transfer>(transport_.get());
    }

    /// Waits for bytes and puts them into `into`: at least one, or 0 at the end of the stream.
    auto read_some(mutable_buffer into) noexcept {
        return detail::awaitable_transfer<detail::read_some_transfer>(transport_.get(), into);
    }
    /// Fills `into`; less only at the end of the stream.
    [[nodiscard]] task<std::size_t> read_exactly(mutable_buffer into);

    /// Writes all of it.
    auto write(const_buffer data) noexcept {
        return detail::awaitable_transfer<detail::write_transfer>(transport_.get(), data);
    }
    /// The same of what a read gave.
    auto write(const chunk& lent) noexcept {
        return detail::awaitable_transfer<detail::write_transfer>(
            transport_.get(), const_buffer(lent.data(), lent.size()));
    }
    /// Writes all of several pieces in as few system calls as possible; the array of pieces too
    /// must live until the end.
    auto write(std::span<const const_buffer> pieces) noexcept {
        return detail::awaitable_transfer<detail::write_transfer>(transport_.get(), pieces);
    }

    /// Says that no more will be written: the peer reads the end of the stream, and may go on
    /// writing.
    [[nodiscard]] task<> finish();

    /// Closes the connection now. Nothing may be under way.
    void close() noexcept { transport_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return transport_ != nullptr; }

    /// Where this end is, and the other one; no family where there are no addresses.
    [[nodiscard]] net::endpoint local_endpoint() const;
    [[nodiscard]] net::endpoint peer_endpoint() const;

    /// Options of the socket, as on net::socket. Throws std::system_error with
    /// std::errc::not_a_socket where there is none.
    template <net::settable_option Option>
    void set(const Option& option) {
        set_option(Option::level, Option::name, const_buffer(option.encode()));
    }
    template <net::gettable_option Option>
    [[nodiscard]] Option get() const {
        std::byte bytes[Option::capacity];
        return Option::decode(
            const_buffer(bytes, get_option(Option::level, Option::name, mutable_buffer(bytes))));
    }
    void set_option(int level, int name, const_buffer value);
    std::size_t get_option(int level, int name, mutable_buffer value) const;

    /// What it is made of, for those who know that kind of transport; null when it is closed.
    [[nodiscard]] transport* made_of() const noexcept { return transport_.get(); }
    /// The same, for those who put another layer around it: the stream is closed then.
    [[nodiscard]] std::unique_ptr<transport> release() noexcept { return std::move(transport_); }

 private:
    std::unique_ptr<transport> transport_;
};

}  // namespace zocalo::io
