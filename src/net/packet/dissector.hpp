// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/layers.hpp"
#include "zocalo/net/packet/numbers.hpp"

/// Takes one frame apart. Each function shows one kind of header and goes on with what it carries.
///
/// The depth is bounded: tags, tunnels and the packets within ICMP errors nest as deep as a
/// stranger likes.
namespace zocalo::net::packet {

class dissector {
 public:
    explicit dissector(std::span<const std::byte> frame) noexcept : frame_(frame) {}

    void link(std::span<const std::byte> run, link_type type);
    [[nodiscard]] std::vector<layer> take() { return std::move(layers_); }

 private:
    static constexpr std::size_t most_layers = 24;

    // dissect_link.cpp
    void null(std::span<const std::byte> run);
    void cooked(std::span<const std::byte> run);
    void cooked_v2(std::span<const std::byte> run);
    void ethernet(std::span<const std::byte> run);
    void vlan(std::span<const std::byte> run);
    void arp(std::span<const std::byte> run);
    void by_type(std::span<const std::byte> run, ethertype type);

    // dissect_ip.cpp
    void ip(std::span<const std::byte> run);
    void ipv4(std::span<const std::byte> run);
    void ipv6(std::span<const std::byte> run);
    void by_protocol(std::span<const std::byte> run, ip_protocol protocol);

    // dissect_transport.cpp
    void icmp(std::span<const std::byte> run);
    void icmpv6(std::span<const std::byte> run);
    void udp(std::span<const std::byte> run);
    void tcp(std::span<const std::byte> run);

    // layers.cpp
    void data(std::span<const std::byte> run);
    layer& add(const char* name, std::span<const std::byte> run, std::size_t size);
    /// `checksum` with whether it is right; nothing is known of packets that are cut.
    void add_checksum(layer& to, std::uint16_t checksum, bool ok) const;

    /// The view, or the end of the list with the reason.
    template <class View>
    std::optional<View> view(std::span<const std::byte> run);
    void malformed(std::span<const std::byte> run, const char* why);

    std::span<const std::byte> frame_;
    std::vector<layer> layers_;
    bool whole_ = true;  // of the packet at hand: neither cut nor a fragment
    address source_;     // of the innermost IP packet, for checksums
    address destination_;
};

template <class View>
std::optional<View> dissector::view(std::span<const std::byte> run) {
    if (auto parsed = View::try_parse_cut(run)) return parsed;
    try {
        (void)View::parse(run, static_cast<std::uint64_t>(run.data() - frame_.data()));
    } catch (const std::exception& e) {
        malformed(run, e.what());
    }
    return std::nullopt;
}

}  // namespace zocalo::net::packet
