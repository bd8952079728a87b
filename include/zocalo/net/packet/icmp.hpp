// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// ICMP messages of IPv4 (RFC 792): errors and echoes.
namespace zocalo::net::packet {

enum class icmp_type : std::uint8_t {
    echo_reply = 0,
    destination_unreachable = 3,
    redirect = 5,
    echo_request = 8,
    router_advertisement = 9,
    router_solicitation = 10,
    time_exceeded = 11,
    parameter_problem = 12,
    timestamp_request = 13,
    timestamp_reply = 14,
};

/// `echo request`; `type 99` for one without a name.
[[nodiscard]] std::string to_string(icmp_type type);

/// Why a destination is unreachable; the codes of that type.
enum class icmp_unreachable : std::uint8_t {
    network = 0,
    host = 1,
    protocol = 2,
    port = 3,
    fragmentation_needed = 4,  ///< the next hop's MTU is the low half of `rest` (RFC 1191)
    source_route_failed = 5,
    prohibited = 13,
};

/// The eight bytes that every ICMP message begins with, as a value.
struct icmp_header {
    static constexpr std::size_t size = 8;

    icmp_type type = icmp_type::echo_request;
    std::uint8_t code = 0;
    std::uint32_t rest = 0;  ///< what it means depends on the type; see the functions below

    [[nodiscard]] static icmp_header echo_request(std::uint16_t identifier, std::uint16_t sequence);
    [[nodiscard]] static icmp_header echo_reply(std::uint16_t identifier, std::uint16_t sequence);
    /// Its payload is the IP header and at least 8 bytes of the packet that it is about.
    [[nodiscard]] static icmp_header unreachable(icmp_unreachable why, std::uint16_t mtu = 0);
    [[nodiscard]] static icmp_header time_exceeded(bool in_reassembly = false);

    /// Appends header and payload and fills the checksum.
    void append_to(bytes& out, const_buffer payload) const;
    [[nodiscard]] bytes build(const_buffer payload) const;

    friend bool operator==(const icmp_header&, const icmp_header&) = default;
};

/// An ICMP message.
class icmp_view : public checked_view<icmp_view> {
 public:
    static constexpr std::string_view header_name = "ICMP header";

    [[nodiscard]] icmp_type type() const noexcept { return icmp_type{header_.u8<0>()}; }
    [[nodiscard]] std::uint8_t code() const noexcept { return header_.u8<1>(); }
    [[nodiscard]] std::uint16_t checksum() const noexcept { return header_.u16<2>(); }
    [[nodiscard]] std::uint32_t rest() const noexcept { return header_.u32<4>(); }

    [[nodiscard]] bool is_echo() const noexcept {
        return type() == icmp_type::echo_request || type() == icmp_type::echo_reply;
    }
    /// Of an echo: whose it is and which one.
    [[nodiscard]] std::uint16_t identifier() const noexcept { return header_.u16<4>(); }
    [[nodiscard]] std::uint16_t sequence() const noexcept { return header_.u16<6>(); }
    /// Of "unreachable, fragmentation needed": the largest packet that would have passed.
    [[nodiscard]] std::uint16_t mtu() const noexcept { return header_.u16<6>(); }
    /// Whether the payload is the start of the packet that this error is about.
    [[nodiscard]] bool is_error() const noexcept;

    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }
    [[nodiscard]] bool checksum_ok() const noexcept;
    [[nodiscard]] icmp_header header() const noexcept { return {type(), code(), rest()}; }

 private:
    friend checked_view;
    explicit icmp_view(reader& in) noexcept
        : header_(in.fields<icmp_header::size>("fixed part")), payload_(in.rest()) {}

    fields<icmp_header::size> header_;
    std::span<const std::byte> payload_;
};

}  // namespace zocalo::net::packet
