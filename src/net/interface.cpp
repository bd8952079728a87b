// SPDX-License-Identifier: MIT
#include "zocalo/net/interface.hpp"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <ostream>

#include "net/fail.hpp"
#include "net/netlink.hpp"
#include "sys/interface.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net {

namespace {

constexpr std::string_view state_names[] = {"unknown", "not-present", "down", "lower-layer-down",
                                            "testing", "dormant",     "up"};

struct flag_name {
    interface_flag flag;
    std::string_view name;
};
constexpr flag_name flag_names[] = {
    {interface_flag::up, "up"},
    {interface_flag::broadcast, "broadcast"},
    {interface_flag::loopback, "loopback"},
    {interface_flag::point_to_point, "point-to-point"},
    {interface_flag::running, "running"},
    {interface_flag::no_arp, "no-arp"},
    {interface_flag::promiscuous, "promiscuous"},
    {interface_flag::all_multicast, "all-multicast"},
    {interface_flag::multicast, "multicast"},
    {interface_flag::lower_up, "lower-up"},
    {interface_flag::dormant, "dormant"},
};

void read_attribute(const netlink_attribute& attribute, interface& link) {
    switch (attribute.type) {
        case IFLA_IFNAME:
            link.name = attribute.text();
            break;
        case IFLA_MTU:
            link.mtu = attribute.as<std::uint32_t>();
            break;
        case IFLA_OPERSTATE:
            link.state = static_cast<link_state>(attribute.as<std::uint8_t>());
            break;
        case IFLA_ADDRESS:
            if (attribute.payload.size() == sizeof(hardware_address::bytes_type)) {
                link.hardware = hardware_address(attribute.as<hardware_address::bytes_type>());
            }
            break;
        default:
            break;
    }
}

interface read_link(byte_span payload) {
    const auto fixed = read_struct<ifinfomsg>(payload, "a link");
    interface link;
    link.index = static_cast<std::uint32_t>(fixed.ifi_index);
    link.flags = static_cast<interface_flag>(fixed.ifi_flags);
    link.hardware_type = fixed.ifi_type;
    byte_span rest = payload.subspan(sizeof fixed);
    while (const auto attribute = next_attribute(rest))
        read_attribute(*attribute, link);
    return link;
}

address ip_from(const netlink_attribute& attribute, const ifaddrmsg& fixed) {
    if (fixed.ifa_family == AF_INET) return address(attribute.as<address::v4_bytes>());
    const address ip(attribute.as<address::v6_bytes>());
    return ip.is_link_local() ? ip.with_scope(fixed.ifa_index) : ip;
}

/// Of a point-to-point link IFA_LOCAL is ours and IFA_ADDRESS the peer's; else they are the same,
/// and IPv6 sends only the second.
interface_address read_address(byte_span payload, const ifaddrmsg& fixed) {
    interface_address result;
    std::optional<address> local;
    std::optional<address> named;
    std::uint32_t flags = fixed.ifa_flags;
    byte_span rest = payload.subspan(sizeof fixed);
    while (const auto attribute = next_attribute(rest)) {
        if (attribute->type == IFA_LOCAL) local = ip_from(*attribute, fixed);
        if (attribute->type == IFA_ADDRESS) named = ip_from(*attribute, fixed);
        if (attribute->type == IFA_BROADCAST) result.broadcast = ip_from(*attribute, fixed);
        if (attribute->type == IFA_FLAGS) flags = attribute->as<std::uint32_t>();
    }
    if (!local && !named) malformed_netlink("an address message without an address");
    result.ip = local ? *local : *named;
    if (named && *named != result.ip) result.peer = named;
    result.prefix = fixed.ifa_prefixlen;
    if (result.prefix > result.ip.bytes().size() * 8) {
        malformed_netlink("a prefix of " + std::to_string(result.prefix));
    }
    result.scope = static_cast<address_scope>(fixed.ifa_scope);
    result.temporary = result.ip.is_v6() && (flags & IFA_F_TEMPORARY) != 0;
    result.deprecated = (flags & IFA_F_DEPRECATED) != 0;
    result.tentative = (flags & IFA_F_TENTATIVE) != 0;
    return result;
}

/// Adds the address to its interface, unless that has come into being after the links were listed.
void add_address(byte_span payload, std::vector<interface>& links) {
    const auto fixed = read_struct<ifaddrmsg>(payload, "an address");
    if (fixed.ifa_family != AF_INET && fixed.ifa_family != AF_INET6) return;
    const auto link = std::ranges::find(links, fixed.ifa_index, &interface::index);
    const auto read = read_address(payload, fixed);
    if (link != links.end()) link->addresses.push_back(read);
}

}  // namespace

std::vector<interface> detail::read_interfaces(const_buffer links, const_buffer addresses) {
    std::vector<interface> all;
    byte_span rest = links;
    while (const auto message = next_message(rest)) {
        if (message->type == RTM_NEWLINK) all.push_back(read_link(message->payload));
    }
    rest = addresses;
    while (const auto message = next_message(rest)) {
        if (message->type == RTM_NEWADDR) add_address(message->payload, all);
    }
    std::ranges::sort(all, {}, &interface::index);
    return all;
}

std::vector<interface> interfaces() {
    const auto links = netlink_dump(RTM_GETLINK);
    const auto addresses = netlink_dump(RTM_GETADDR);
    return detail::read_interfaces(links, addresses);
}

std::vector<interface_name> if_nameindex() {
    std::vector<interface_name> names;
    for (auto& link : detail::read_interfaces(netlink_dump(RTM_GETLINK), {}))
        names.push_back({link.index, std::move(link.name)});
    return names;
}

std::uint32_t if_nametoindex(std::string_view name) {
    const unsigned index = sys::interface_index(name);
    if (index == 0) fail("find the interface " + quoted(name), ENODEV);
    return index;
}

std::string if_indextoname(std::uint32_t index) {
    char name[IF_NAMESIZE] = {};
    if (!sys::interface_name(index, name)) {
        fail("find the interface " + std::to_string(index), ENODEV);
    }
    return name;
}

std::string to_string(link_state value) {
    const auto number = static_cast<std::size_t>(value);
    return number < std::size(state_names) ? std::string(state_names[number])
                                           : std::to_string(number);
}

std::string to_string(address_scope value) {
    switch (value) {
        case address_scope::universe:
            return "global";
        case address_scope::site:
            return "site";
        case address_scope::link:
            return "link";
        case address_scope::host:
            return "host";
        case address_scope::nowhere:
            return "nowhere";
    }
    return std::to_string(static_cast<unsigned>(value));
}

std::ostream& operator<<(std::ostream& out, link_state value) {
    return out << to_string(value);
}
std::ostream& operator<<(std::ostream& out, address_scope value) {
    return out << to_string(value);
}

std::vector<std::string_view> names_of(interface_flag flags) {
    std::vector<std::string_view> names;
    for (const auto& [flag, name] : flag_names) {
        if (has(flags, flag)) names.push_back(name);
    }
    return names;
}

}  // namespace zocalo::net
