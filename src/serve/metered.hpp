// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "serve/guard.hpp"
#include "zocalo/io/detail/watched_socket.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/transport.hpp"

namespace zocalo::serve::detail {

/// The socket of a connection, which tells its guard what it waits for and what has moved.
class metered final : public io::detail::watched_socket {
 public:
    metered(io::stream socket, guard& told) noexcept : socket_(std::move(socket)), guard_(told) {}

    /// Bytes that were read and are not used: they come first again.
    void give_back(std::string_view rest) {
        rest_.insert(0, rest);
        guard_.hold(rest_.size());
    }
    /// Makes closing it throw away what the peer has not taken, and reset the connection.
    void reset_on_close() noexcept;
    /// The socket, for whoever goes on without this.
    [[nodiscard]] io::stream take_socket() noexcept { return std::move(socket_); }
    [[nodiscard]] io::detail::descriptor* native() const noexcept {
        return io::detail::descriptor::of(socket_.made_of());
    }

    io::detail::descriptor* begin_receive() noexcept override;
    bool end_receive(std::int32_t result) noexcept override;
    io::detail::descriptor* begin_send(std::span<const const_buffer> pieces) noexcept override;
    void end_send(std::int32_t result) noexcept override;

    io::task<io::chunk> read() override;
    io::task<std::size_t> read_some(mutable_buffer into) override;
    io::task<> write(std::span<const const_buffer> pieces) override;
    /// A write of what the kernel has in memory of a file: io::detail::send_cached().
    io::task<std::int64_t> send_cached(int file, std::uint64_t offset, std::uint64_t most);
    io::task<> finish() override { return socket_.finish(); }
    [[nodiscard]] net::endpoint local_endpoint() const override { return socket_.local_endpoint(); }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return socket_.peer_endpoint(); }

 private:
    std::size_t take_held(mutable_buffer into) noexcept;
    io::task<> write_in_parts(std::span<const const_buffer> pieces, std::size_t size);

    io::stream socket_;
    guard& guard_;
    std::size_t sends_ = 0;  ///< bytes that are being sent at once
    std::string rest_;
};

}  // namespace zocalo::serve::detail
