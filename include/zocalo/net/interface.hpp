// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/flags.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/hardware_address.hpp"
#include "zocalo/net/network.hpp"

/// The network interfaces of this machine, as the kernel knows them now.
namespace zocalo::net {

/// What an interface is and does (IFF_*, netdevice(7)).
enum class interface_flag : std::uint32_t {
    none = 0,
    up = 0x1,               ///< switched on
    broadcast = 0x2,        ///< can send to everybody on the link
    loopback = 0x8,         ///< leads back to this machine
    point_to_point = 0x10,  ///< has one peer
    running = 0x40,         ///< carries traffic
    no_arp = 0x80,          ///< looks up no hardware addresses
    promiscuous = 0x100,    ///< takes in frames for others
    all_multicast = 0x200,
    multicast = 0x1000,
    lower_up = 0x10000,  ///< the cable is in
    dormant = 0x20000,
};

/// Whether traffic flows (RFC 2863 ifOperStatus).
enum class link_state : std::uint8_t {
    unknown = 0,
    not_present = 1,
    down = 2,
    lower_layer_down = 3,
    testing = 4,
    dormant = 5,
    up = 6,
};

/// How far an address means something (rtnetlink(7)).
enum class address_scope : std::uint8_t {
    universe = 0,
    site = 200,
    link = 253,
    host = 254,
    nowhere = 255,
};

/// Prints as ip(8) writes it; unnamed ones as their number.
std::ostream& operator<<(std::ostream& out, link_state value);
std::ostream& operator<<(std::ostream& out, address_scope value);
[[nodiscard]] std::string to_string(link_state value);
[[nodiscard]] std::string to_string(address_scope value);
/// The names of the flags that are set: `{"up", "broadcast", ...}`.
[[nodiscard]] std::vector<std::string_view> names_of(interface_flag flags);

/// One address of an interface.
struct interface_address {
    address ip;  ///< link-local IPv6 with the interface as its scope
    unsigned prefix = 0;
    std::optional<address> broadcast;
    std::optional<address> peer;  ///< of a point-to-point link
    address_scope scope = address_scope::universe;
    bool temporary = false;   ///< made for privacy, soon to be replaced (RFC 8981)
    bool deprecated = false;  ///< not for new connections (RFC 4862)
    bool tentative = false;   ///< not usable yet: still checked for duplicates (RFC 4862)

    [[nodiscard]] net::network network() const { return network::of(ip, prefix); }
};

/// One interface.
struct interface {
    std::uint32_t index = 0;
    std::string name;
    interface_flag flags = interface_flag::none;
    std::uint32_t mtu = 0;                     ///< the largest packet, in bytes
    std::uint16_t hardware_type = 0;           ///< ARPHRD_*: 1 is Ethernet, 772 loopback
    std::optional<hardware_address> hardware;  ///< of interfaces that have one of six bytes
    link_state state = link_state::unknown;
    std::vector<interface_address> addresses;
};

/// All interfaces in the order of their indices, asked over netlink (rtnetlink(7)).
///
/// Throws std::system_error, with std::errc::resource_unavailable_try_again when they change faster
/// than they can be listed, and protocol_error when the answer breaks netlink's format.
[[nodiscard]] std::vector<interface> interfaces();

/// Index and name of an interface.
struct interface_name {
    std::uint32_t index = 0;
    std::string name;
};

/// The names of all interfaces.
[[nodiscard]] std::vector<interface_name> if_nameindex();
/// Either way; std::system_error with std::errc::no_such_device that names what was asked.
[[nodiscard]] std::uint32_t if_nametoindex(std::string_view name);
[[nodiscard]] std::string if_indextoname(std::uint32_t index);

namespace detail {

/// What interfaces() makes of the kernel's answers: `links` and `addresses` are rows of netlink
/// messages (RTM_NEWLINK, RTM_NEWADDR). Throws protocol_error.
std::vector<interface> read_interfaces(const_buffer links, const_buffer addresses);

}  // namespace detail

}  // namespace zocalo::net

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::interface_flag> = true;
