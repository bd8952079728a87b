// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/view.hpp"

/// UDP datagrams (RFC 768).
namespace zocalo::net::packet {

/// A UDP header as a value. Length and checksum are filled in by building.
struct udp_header {
    static constexpr std::size_t size = 8;

    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;

    /// Appends header and payload; the checksum covers the addresses of the packet too.
    /// std::invalid_argument when the datagram would pass 65535 bytes.
    void append_to(bytes& out, const_buffer payload, const address& source,
                   const address& destination) const;
    [[nodiscard]] bytes build(const_buffer payload, const address& source,
                              const address& destination) const;

    friend bool operator==(const udp_header&, const udp_header&) = default;
};

/// A UDP datagram; bytes after its length are left out.
class udp_view : public checked_view<udp_view> {
 public:
    static constexpr std::string_view header_name = "UDP header";

    [[nodiscard]] std::uint16_t source_port() const noexcept { return header_.u16<0>(); }
    [[nodiscard]] std::uint16_t destination_port() const noexcept { return header_.u16<2>(); }
    [[nodiscard]] std::uint16_t length() const noexcept { return header_.u16<4>(); }
    [[nodiscard]] std::uint16_t checksum() const noexcept { return header_.u16<6>(); }
    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }

    /// A checksum of zero is none, which is right over IPv4 only (RFC 8200 §8.1).
    [[nodiscard]] bool checksum_ok(const address& source,
                                   const address& destination) const noexcept;
    [[nodiscard]] udp_header header() const noexcept { return {source_port(), destination_port()}; }

 private:
    friend checked_view;
    explicit udp_view(reader& in) noexcept;

    fields<udp_header::size> header_;
    std::span<const std::byte> payload_;
};

}  // namespace zocalo::net::packet
