// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "zocalo/net/address.hpp"
#include "zocalo/net/hardware_address.hpp"
#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// ICMP messages of IPv6 (RFC 4443) and neighbour discovery, IPv6's ARP (RFC 4861).
namespace zocalo::net::packet {

enum class icmpv6_type : std::uint8_t {
    destination_unreachable = 1,
    packet_too_big = 2,
    time_exceeded = 3,
    parameter_problem = 4,
    echo_request = 128,
    echo_reply = 129,
    listener_query = 130,
    listener_report = 131,
    listener_done = 132,
    router_solicitation = 133,
    router_advertisement = 134,
    neighbour_solicitation = 135,
    neighbour_advertisement = 136,
    redirect = 137,
    listener_report_v2 = 143,
};

/// `echo request`; `type 99` for one without a name.
[[nodiscard]] std::string to_string(icmpv6_type type);

/// The eight bytes that every ICMPv6 message begins with, as a value.
struct icmpv6_header {
    static constexpr std::size_t size = 8;

    icmpv6_type type = icmpv6_type::echo_request;
    std::uint8_t code = 0;
    std::uint32_t rest = 0;  ///< what it means depends on the type; see the functions below

    [[nodiscard]] static icmpv6_header echo_request(std::uint16_t identifier,
                                                    std::uint16_t sequence);
    [[nodiscard]] static icmpv6_header echo_reply(std::uint16_t identifier, std::uint16_t sequence);
    /// The payload of errors is as much of the packet they are about as fits 1280 bytes.
    [[nodiscard]] static icmpv6_header unreachable(std::uint8_t code);
    [[nodiscard]] static icmpv6_header packet_too_big(std::uint32_t mtu);
    [[nodiscard]] static icmpv6_header time_exceeded(bool in_reassembly = false);

    /// Appends header and payload; the checksum covers the addresses of the packet too.
    void append_to(bytes& out, const_buffer payload, const address& source,
                   const address& destination) const;
    [[nodiscard]] bytes build(const_buffer payload, const address& source,
                              const address& destination) const;

    friend bool operator==(const icmpv6_header&, const icmpv6_header&) = default;
};

/// "Who has this address" and "I have it" (RFC 4861 §4.3, §4.4), as a value.
///
/// They travel with a hop limit of 255, and receivers must refuse any other.
struct neighbour_message {
    bool advertisement = false;   ///< an answer, not a question
    bool router = false;          ///< of an answer: from a router
    bool solicited = false;       ///< of an answer: to a question
    bool override_cache = false;  ///< of an answer: replaces what is known
    address target = address::any_v6();
    /// The sender's own address in a question, the target's in an answer.
    std::optional<hardware_address> hardware = {};

    /// The whole ICMPv6 message.
    [[nodiscard]] bytes build(const address& source, const address& destination) const;

    friend bool operator==(const neighbour_message&, const neighbour_message&) = default;
};

/// The group that a question for `target` goes to (RFC 4291 §2.7.1).
[[nodiscard]] address solicited_node_group(const address& target) noexcept;
/// The Ethernet address of a multicast group (RFC 2464 §7, RFC 1112 §6.4).
[[nodiscard]] hardware_address group_hardware_address(const address& group) noexcept;

/// An ICMPv6 message.
class icmpv6_view : public checked_view<icmpv6_view> {
 public:
    static constexpr std::string_view header_name = "ICMPv6 header";

    [[nodiscard]] icmpv6_type type() const noexcept { return icmpv6_type{header_.u8<0>()}; }
    [[nodiscard]] std::uint8_t code() const noexcept { return header_.u8<1>(); }
    [[nodiscard]] std::uint16_t checksum() const noexcept { return header_.u16<2>(); }
    [[nodiscard]] std::uint32_t rest() const noexcept { return header_.u32<4>(); }

    [[nodiscard]] bool is_echo() const noexcept {
        return type() == icmpv6_type::echo_request || type() == icmpv6_type::echo_reply;
    }
    /// Of an echo: whose it is and which one.
    [[nodiscard]] std::uint16_t identifier() const noexcept { return header_.u16<4>(); }
    [[nodiscard]] std::uint16_t sequence() const noexcept { return header_.u16<6>(); }
    /// Of "packet too big": the largest packet that would have passed.
    [[nodiscard]] std::uint32_t mtu() const noexcept { return rest(); }
    /// Whether the payload is the start of the packet that this error is about (RFC 4443 §2.1).
    [[nodiscard]] bool is_error() const noexcept { return header_.u8<0>() < 128; }
    /// The value of a neighbour solicitation or advertisement; nothing for other types and for
    /// malformed ones.
    [[nodiscard]] std::optional<neighbour_message> neighbour() const noexcept;

    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }
    [[nodiscard]] bool checksum_ok(const address& source,
                                   const address& destination) const noexcept;
    [[nodiscard]] icmpv6_header header() const noexcept { return {type(), code(), rest()}; }

 private:
    friend checked_view;
    explicit icmpv6_view(reader& in) noexcept
        : header_(in.fields<icmpv6_header::size>("fixed part")), payload_(in.rest()) {}

    fields<icmpv6_header::size> header_;
    std::span<const std::byte> payload_;
};

}  // namespace zocalo::net::packet
