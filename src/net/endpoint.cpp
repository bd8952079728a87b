// SPDX-License-Identifier: MIT
// Endpoints are sockaddrs: each family's parts are written and read through its own structure.
#include "zocalo/net/endpoint.hpp"

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <ostream>
#include <stdexcept>

#include "core/hash.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net {

namespace {

static_assert(sizeof(sockaddr_storage) == endpoint::capacity);
static_assert(sizeof(sockaddr_un) - offsetof(sockaddr_un, sun_path) == 108);

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
constexpr std::size_t path_limit = 107;

constexpr std::uint16_t big_endian(std::uint16_t value) noexcept {
    return std::endian::native == std::endian::big
               ? value
               : static_cast<std::uint16_t>(value << 8 | value >> 8);
}
constexpr std::uint32_t big_endian(std::uint32_t value) noexcept {
    return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
}

template <class Sockaddr>
void store(endpoint& out, const Sockaddr& parts, std::size_t size = sizeof(Sockaddr)) {
    std::memcpy(out.data(), &parts, size);
    out.resize(static_cast<std::uint32_t>(size));
}

/// The sockaddr of an endpoint as its family's structure; a short one reads as if filled with
/// zeros.
template <class Sockaddr>
Sockaddr load(const endpoint& from) {
    Sockaddr parts{};
    std::memcpy(&parts, from.data(), std::min<std::size_t>(from.size(), sizeof parts));
    return parts;
}

[[noreturn]] void wrong_family(const endpoint& it, std::string_view wanted) {
    throw std::invalid_argument("endpoint " + it.to_string() + ": has no " + std::string(wanted));
}

endpoint unix_endpoint(std::string_view name, std::string_view what, std::size_t offset) {
    if (name.size() > path_limit) {
        throw std::invalid_argument(std::string(what) + ' ' + quoted(name) + ": " +
                                    std::to_string(name.size()) +
                                    " bytes are more than the 107 that a Unix socket may have");
    }
    sockaddr_un parts{};
    parts.sun_family = AF_UNIX;
    std::memcpy(parts.sun_path + offset, name.data(), name.size());
    endpoint made;
    // A path ends in a NUL that counts; an abstract name ends with its length.
    store(made, parts, path_offset + name.size() + 1);
    return made;
}

}  // namespace

endpoint::endpoint(const address& ip, std::uint16_t port, std::uint32_t flow_info) noexcept
    : size_(0) {
    if (ip.is_v4()) {
        sockaddr_in parts{};
        parts.sin_family = AF_INET;
        parts.sin_port = big_endian(port);
        std::memcpy(&parts.sin_addr, ip.bytes().data(), sizeof parts.sin_addr);
        store(*this, parts);
    } else {
        sockaddr_in6 parts{};
        parts.sin6_family = AF_INET6;
        parts.sin6_port = big_endian(port);
        parts.sin6_flowinfo = big_endian(flow_info);
        std::memcpy(&parts.sin6_addr, ip.bytes().data(), sizeof parts.sin6_addr);
        parts.sin6_scope_id = ip.scope();
        store(*this, parts);
    }
}

endpoint endpoint::local(std::string_view path) {
    if (path.empty()) throw std::invalid_argument("Unix path: is empty");
    if (path.find('\0') != std::string_view::npos) {
        throw std::invalid_argument("Unix path " + quoted(path) + ": has a NUL in it");
    }
    return unix_endpoint(path, "Unix path", 0);
}

endpoint endpoint::abstract(std::string_view name) {
    if (name.empty())
        throw std::invalid_argument(
            "abstract Unix name: is empty; autobind() lets the kernel choose");
    return unix_endpoint(name, "abstract Unix name", 1);
}

endpoint endpoint::autobind() noexcept {
    const sa_family_t number = AF_UNIX;
    endpoint made;
    store(made, number);
    // No byte of it counts, but valgrind looks for the end of every path.
    made.data()[path_offset] = std::byte{0};
    return made;
}

endpoint::endpoint(const packet_address& parts) noexcept : size_(0) {
    sockaddr_ll link{};
    link.sll_family = AF_PACKET;
    link.sll_protocol = big_endian(parts.ethertype);
    link.sll_ifindex = static_cast<int>(parts.interface);
    link.sll_hatype = parts.hardware_type;
    link.sll_pkttype = parts.packet_type;
    link.sll_halen = static_cast<unsigned char>(parts.hardware.bytes().size());
    std::memcpy(link.sll_addr, parts.hardware.bytes().data(), link.sll_halen);
    store(*this, link);
}

endpoint::endpoint(const netlink_address& parts) noexcept : size_(0) {
    sockaddr_nl link{};
    link.nl_family = AF_NETLINK;
    link.nl_pid = parts.port;
    link.nl_groups = parts.groups;
    store(*this, link);
}

endpoint::endpoint(const vsock_address& parts) noexcept : size_(0) {
    sockaddr_vm vm{};
    vm.svm_family = AF_VSOCK;
    vm.svm_cid = parts.context;
    vm.svm_port = parts.port;
    store(*this, vm);
}

endpoint endpoint::raw(std::span<const std::byte> sockaddr) {
    if (sockaddr.size() < sizeof(sa_family_t) || sockaddr.size() > capacity) {
        throw std::invalid_argument("sockaddr: " + std::to_string(sockaddr.size()) +
                                    " bytes are not within 2 to 128");
    }
    endpoint made;
    std::memcpy(made.storage_, sockaddr.data(), sockaddr.size());
    made.resize(static_cast<std::uint32_t>(sockaddr.size()));
    return made;
}

address endpoint::ip() const {
    if (family() == net::family::inet) {
        const auto parts = load<sockaddr_in>(*this);
        return address(big_endian(parts.sin_addr.s_addr));
    }
    if (family() != net::family::inet6) wrong_family(*this, "IP address");
    const auto parts = load<sockaddr_in6>(*this);
    address::v6_bytes bytes{};
    std::memcpy(bytes.data(), &parts.sin6_addr, bytes.size());
    return address(bytes, parts.sin6_scope_id);
}

std::uint16_t endpoint::port() const {
    // sin_port and sin6_port stand at the same place.
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    if (!is_inet()) wrong_family(*this, "port");
    return big_endian(load<sockaddr_in>(*this).sin_port);
}

std::uint32_t endpoint::flow_info() const {
    if (!is_inet()) wrong_family(*this, "flow information");
    if (family() == net::family::inet) return 0;
    return big_endian(load<sockaddr_in6>(*this).sin6_flowinfo);
}

bool endpoint::is_abstract() const noexcept {
    return family() == net::family::local && size_ > path_offset &&
           storage_[path_offset] == std::byte{0};
}

std::string_view endpoint::path() const {
    if (family() != net::family::local) wrong_family(*this, "path");
    if (size_ <= path_offset) return {};
    const std::string_view all(reinterpret_cast<const char*>(storage_) + path_offset,
                               size_ - path_offset);
    return is_abstract() ? all.substr(1) : all.substr(0, all.find('\0'));
}

packet_address endpoint::packet() const {
    if (family() != net::family::packet) wrong_family(*this, "packet address");
    const auto link = load<sockaddr_ll>(*this);
    hardware_address::bytes_type bytes{};
    std::memcpy(bytes.data(), link.sll_addr, std::min<std::size_t>(link.sll_halen, bytes.size()));
    return {.interface = static_cast<std::uint32_t>(link.sll_ifindex),
            .ethertype = big_endian(link.sll_protocol),
            .hardware = hardware_address(bytes),
            .hardware_type = link.sll_hatype,
            .packet_type = link.sll_pkttype};
}

netlink_address endpoint::netlink() const {
    if (family() != net::family::netlink) wrong_family(*this, "netlink address");
    const auto link = load<sockaddr_nl>(*this);
    return {.port = link.nl_pid, .groups = link.nl_groups};
}

vsock_address endpoint::vsock() const {
    if (family() != net::family::vsock) wrong_family(*this, "vsock address");
    const auto vm = load<sockaddr_vm>(*this);
    return {.context = vm.svm_cid, .port = vm.svm_port};
}

std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept {
    const int order = std::memcmp(a.storage_, b.storage_, std::min(a.size_, b.size_));
    return order != 0 ? order <=> 0 : a.size_ <=> b.size_;
}

std::ostream& operator<<(std::ostream& out, const endpoint& value) {
    return out << value.to_string();
}

}  // namespace zocalo::net

std::size_t std::hash<zocalo::net::endpoint>::operator()(
    const zocalo::net::endpoint& value) const noexcept {
    return zocalo::hash_bytes(value.data(), value.size());
}
