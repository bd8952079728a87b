// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "zocalo/core/flags.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/view.hpp"

/// TCP segments (RFC 9293).
namespace zocalo::net::packet {

enum class tcp_flag : std::uint16_t {
    none = 0,
    fin = 0x001,
    syn = 0x002,
    rst = 0x004,
    psh = 0x008,
    ack = 0x010,
    urg = 0x020,
    ece = 0x040,  ///< congestion was seen (RFC 3168)
    cwr = 0x080,  ///< the sender has slowed down
    ae = 0x100,   ///< accurate ECN (RFC 9768)
};

/// The options that are met, as a value; others are kept by parse_options() only.
struct tcp_options {
    std::optional<std::uint16_t> maximum_segment = {};
    std::optional<std::uint8_t> window_scale = {};  ///< RFC 7323 §2
    bool sack_permitted = false;                    ///< RFC 2018 §2
    /// Left and right edge of what has arrived out of order (RFC 2018 §3).
    std::vector<std::pair<std::uint32_t, std::uint32_t>> sack = {};
    /// Value and echo (RFC 7323 §3).
    std::optional<std::pair<std::uint32_t, std::uint32_t>> timestamps = {};

    /// Throws protocol_error when an option has another length than its kind.
    [[nodiscard]] static tcp_options parse(std::span<const std::byte> area);
    /// As on the wire, padded with no-operations to a multiple of 4.
    [[nodiscard]] bytes build() const;

    friend bool operator==(const tcp_options&, const tcp_options&) = default;
};

/// A TCP header as a value. Data offset and checksum are filled in by building.
struct tcp_header {
    static constexpr std::size_t size = 20;  ///< without options
    static constexpr std::size_t largest_size = 60;

    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    tcp_flag flags = tcp_flag::none;
    std::uint16_t window = 65535;
    std::uint16_t urgent = 0;
    bytes options = {};  ///< as on the wire, at most 40 bytes; padded to a multiple of 4

    /// Appends header and payload; the checksum covers the addresses of the packet too.
    void append_to(bytes& out, const_buffer payload, const address& source,
                   const address& destination) const;
    [[nodiscard]] bytes build(const_buffer payload, const address& source,
                              const address& destination) const;

    friend bool operator==(const tcp_header&, const tcp_header&) = default;
};

/// A TCP segment. Its length is that of the packet around it: give its payload without padding.
class tcp_view : public checked_view<tcp_view> {
 public:
    static constexpr std::string_view header_name = "TCP header";

    [[nodiscard]] std::uint16_t source_port() const noexcept { return header_.u16<0>(); }
    [[nodiscard]] std::uint16_t destination_port() const noexcept { return header_.u16<2>(); }
    [[nodiscard]] std::uint32_t sequence() const noexcept { return header_.u32<4>(); }
    [[nodiscard]] std::uint32_t acknowledgement() const noexcept { return header_.u32<8>(); }
    [[nodiscard]] std::size_t header_size() const noexcept {
        return std::size_t{4} * (header_.u8<12>() >> 4);
    }
    [[nodiscard]] tcp_flag flags() const noexcept {
        return tcp_flag{static_cast<std::uint16_t>(header_.u16<12>() & 0x1FF)};
    }
    [[nodiscard]] std::uint16_t window() const noexcept { return header_.u16<14>(); }
    [[nodiscard]] std::uint16_t checksum() const noexcept { return header_.u16<16>(); }
    [[nodiscard]] std::uint16_t urgent() const noexcept { return header_.u16<18>(); }

    /// As on the wire; tcp_options::parse() and parse_options() take them apart.
    [[nodiscard]] std::span<const std::byte> options() const noexcept { return options_; }
    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }

    [[nodiscard]] bool checksum_ok(const address& source,
                                   const address& destination) const noexcept;
    [[nodiscard]] tcp_header header() const;

 private:
    friend checked_view;
    explicit tcp_view(reader& in) noexcept;

    fields<tcp_header::size> header_;
    std::span<const std::byte> options_;
    std::span<const std::byte> payload_;
};

/// `SYN,ACK`; `none` when no flag is set.
[[nodiscard]] std::string to_string(tcp_flag flags);

}  // namespace zocalo::net::packet

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::packet::tcp_flag> = true;
