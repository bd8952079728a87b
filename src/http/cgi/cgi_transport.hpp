// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::http::detail {

/// The pipes of a CGI program as a connection of HTTP/1.0 behind the head of its one request:
/// content comes in, and a response goes out, whose head is said as CGI has it (RFC 3875 §6).
class cgi_transport final : public io::transport {
 public:
    /// `size` bytes of content are read, and not one more: `in` may be the client's socket.
    cgi_transport(io::stream in, std::uint64_t size, io::stream out, net::endpoint here) noexcept
        : in_(std::move(in)), out_(std::move(out)), here_(here), left_(size) {}

    io::task<io::chunk> read() override;
    io::task<std::size_t> read_some(mutable_buffer into) override;
    io::task<> write(std::span<const const_buffer> pieces) override;
    io::task<> finish() override;
    [[nodiscard]] net::endpoint local_endpoint() const override { return here_; }

 private:
    [[nodiscard]] bool translate(std::span<const const_buffer> pieces);

    io::stream in_;
    io::stream out_;
    net::endpoint here_;
    std::string head_;  ///< of the response, as far as it has come
    std::uint64_t left_;
    bool has_head_ = false;
};

}  // namespace zocalo::http::detail
