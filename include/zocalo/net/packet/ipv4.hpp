// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// IPv4 packets (RFC 791).
namespace zocalo::net::packet {

/// An IPv4 header as a value. Length and checksum are filled in by building.
struct ipv4_header {
    static constexpr std::size_t size = 20;  ///< without options
    static constexpr std::size_t largest_size = 60;

    std::uint8_t dscp = 0;  ///< class of service, 6 bits (RFC 2474)
    std::uint8_t ecn = 0;   ///< congestion mark, 2 bits (RFC 3168)
    std::uint16_t identification = 0;
    bool dont_fragment = true;
    bool more_fragments = false;
    std::uint16_t fragment_offset = 0;  ///< in bytes, a multiple of 8 up to 65528
    std::uint8_t ttl = 64;
    ip_protocol protocol = ip_protocol::udp;
    address source = {};
    address destination = {};
    bytes options = {};  ///< as on the wire, at most 40 bytes; padded to a multiple of 4

    /// Appends header and payload. std::invalid_argument when a value does not fit its field or
    /// the packet would pass 65535 bytes.
    void append_to(bytes& out, const_buffer payload) const;
    [[nodiscard]] bytes build(const_buffer payload) const;

    friend bool operator==(const ipv4_header&, const ipv4_header&) = default;
};

/// An IPv4 packet; bytes after its length, the padding of a short frame, are left out.
class ipv4_view : public checked_view<ipv4_view> {
 public:
    static constexpr std::string_view header_name = "IPv4 header";

    [[nodiscard]] std::size_t header_size() const noexcept {
        return std::size_t{4} * (header_.u8<0>() & 0x0FU);
    }
    [[nodiscard]] std::uint8_t dscp() const noexcept {
        return static_cast<std::uint8_t>(header_.u8<1>() >> 2);
    }
    [[nodiscard]] std::uint8_t ecn() const noexcept { return header_.u8<1>() & 3; }
    [[nodiscard]] std::uint16_t total_length() const noexcept { return header_.u16<2>(); }
    [[nodiscard]] std::uint16_t identification() const noexcept { return header_.u16<4>(); }
    [[nodiscard]] bool dont_fragment() const noexcept { return (header_.u8<6>() & 0x40) != 0; }
    [[nodiscard]] bool more_fragments() const noexcept { return (header_.u8<6>() & 0x20) != 0; }
    /// Where in the whole packet this fragment begins, in bytes.
    [[nodiscard]] std::uint16_t fragment_offset() const noexcept {
        return static_cast<std::uint16_t>((header_.u16<6>() & 0x1FFF) * 8);
    }
    [[nodiscard]] bool is_fragment() const noexcept {
        return more_fragments() || fragment_offset() != 0;
    }
    [[nodiscard]] std::uint8_t ttl() const noexcept { return header_.u8<8>(); }
    [[nodiscard]] ip_protocol protocol() const noexcept { return ip_protocol{header_.u8<9>()}; }
    [[nodiscard]] std::uint16_t checksum() const noexcept { return header_.u16<10>(); }
    [[nodiscard]] address source() const noexcept { return address(header_.octets<12, 4>()); }
    [[nodiscard]] address destination() const noexcept { return address(header_.octets<16, 4>()); }

    /// As on the wire; parse_options() takes them apart.
    [[nodiscard]] std::span<const std::byte> options() const noexcept { return options_; }
    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }
    /// How long the payload is, also when the capture has cut it.
    [[nodiscard]] std::size_t payload_length() const noexcept {
        return total_length() - header_size();
    }
    [[nodiscard]] bool checksum_ok() const noexcept;
    [[nodiscard]] ipv4_header header() const;

 private:
    friend checked_view;
    explicit ipv4_view(reader& in) noexcept;

    fields<ipv4_header::size> header_;
    std::span<const std::byte> options_;
    std::span<const std::byte> payload_;
};

}  // namespace zocalo::net::packet
