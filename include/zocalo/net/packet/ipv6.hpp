// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>

#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// IPv6 packets with their chain of extension headers (RFC 8200).
namespace zocalo::net::packet {

/// An IPv6 header as a value. The length is filled in by building.
struct ipv6_header {
    static constexpr std::size_t size = 40;

    std::uint8_t traffic_class = 0;
    std::uint32_t flow_label = 0;  ///< 20 bits
    ip_protocol next_header = ip_protocol::udp;
    std::uint8_t hop_limit = 64;
    address source = address::any_v6();
    address destination = address::any_v6();

    /// Appends header and payload; extension headers are the start of the payload.
    /// std::invalid_argument when a value does not fit or the payload passes 65535 bytes.
    void append_to(bytes& out, const_buffer payload) const;
    [[nodiscard]] bytes build(const_buffer payload) const;

    friend bool operator==(const ipv6_header&, const ipv6_header&) = default;
};

/// One header between the IPv6 header and what the packet carries.
struct ipv6_extension {
    ip_protocol kind = ip_protocol::no_next;
    std::span<const std::byte> whole = {};  ///< with its next-header byte and its length
};

/// What a fragment header says (RFC 8200 §4.5).
struct ipv6_fragment {
    std::uint16_t offset = 0;  ///< in bytes
    bool more = false;
    std::uint32_t identification = 0;

    friend bool operator==(const ipv6_fragment&, const ipv6_fragment&) = default;
};

/// Appends an extension header of options or routing data: `data` is what follows its two first
/// bytes and is padded to a multiple of 8 in all with Pad1 and PadN options, as hop-by-hop and
/// destination options need it (RFC 8200 §4.2).
void append_extension(bytes& out, ip_protocol next_header, const_buffer data);
/// Appends a fragment header.
void append_fragment(bytes& out, ip_protocol next_header, const ipv6_fragment& fragment);

/// An IPv6 packet; its chain of extension headers is walked when it is made.
class ipv6_view : public checked_view<ipv6_view> {
 public:
    static constexpr std::string_view header_name = "IPv6 header";
    /// RFC 8200 §4.1 has each kind once, destination options twice. A longer chain is refused.
    static constexpr std::size_t most_extensions = 8;

    [[nodiscard]] std::uint8_t traffic_class() const noexcept {
        return static_cast<std::uint8_t>((header_.u16<0>() >> 4) & 0xFF);
    }
    [[nodiscard]] std::uint32_t flow_label() const noexcept { return header_.u32<0>() & 0xFFFFF; }
    [[nodiscard]] std::uint16_t payload_length() const noexcept { return header_.u16<4>(); }
    [[nodiscard]] ip_protocol next_header() const noexcept { return ip_protocol{header_.u8<6>()}; }
    [[nodiscard]] std::uint8_t hop_limit() const noexcept { return header_.u8<7>(); }
    [[nodiscard]] address source() const noexcept { return address(header_.octets<8, 16>()); }
    [[nodiscard]] address destination() const noexcept { return address(header_.octets<24, 16>()); }

    /// All that follows the 40 bytes, extension headers too.
    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }

    [[nodiscard]] std::span<const ipv6_extension> extensions() const noexcept {
        return std::span(extensions_).first(extension_count_);
    }
    [[nodiscard]] std::optional<ipv6_fragment> fragment() const noexcept { return fragment_; }
    /// What the packet carries behind the extension headers. Of a fragment that is not the first
    /// one: the kind that stands in the fragment header, and the piece.
    [[nodiscard]] ip_protocol upper_protocol() const noexcept { return upper_protocol_; }
    [[nodiscard]] std::span<const std::byte> upper_payload() const noexcept {
        return upper_payload_;
    }
    /// How long upper_payload() is, also when the capture has cut it.
    [[nodiscard]] std::size_t upper_length() const noexcept { return upper_length_; }

    [[nodiscard]] ipv6_header header() const noexcept {
        return {traffic_class(), flow_label(), next_header(), hop_limit(), source(), destination()};
    }

 private:
    friend checked_view;
    explicit ipv6_view(reader& in) noexcept;
    void walk(reader& in) noexcept;

    fields<ipv6_header::size> header_;
    std::span<const std::byte> payload_;
    std::array<ipv6_extension, most_extensions> extensions_{};
    std::size_t extension_count_ = 0;
    std::optional<ipv6_fragment> fragment_;
    ip_protocol upper_protocol_ = ip_protocol::no_next;
    std::span<const std::byte> upper_payload_;
    std::size_t upper_length_ = 0;
};

}  // namespace zocalo::net::packet
