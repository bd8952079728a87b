// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "zocalo/net/address.hpp"
#include "zocalo/net/hardware_address.hpp"

/// Where a socket is or whom it talks to: an address of any family, as the kernel writes it.
namespace zocalo::net {

/// The parts of an AF_PACKET address (packet(7)).
struct packet_address {
    std::uint32_t interface = 0;     ///< index of the interface; 0 is every interface, when binding
    std::uint16_t ethertype = 0;     ///< in host order; 0x0003 is every protocol
    hardware_address hardware = {};  ///< of the sender on receipt; of the receiver on sending
    std::uint16_t hardware_type = 0;  ///< ARPHRD_*: 1 is Ethernet, 772 loopback; filled on receipt
    std::uint8_t packet_type =
        0;  ///< PACKET_*: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 sent by us

    friend bool operator==(const packet_address&, const packet_address&) = default;
};

/// The parts of an AF_NETLINK address (netlink(7)).
struct netlink_address {
    std::uint32_t port = 0;    ///< 0 is the kernel
    std::uint32_t groups = 0;  ///< bit mask of multicast groups

    friend bool operator==(const netlink_address&, const netlink_address&) = default;
};

/// The parts of an AF_VSOCK address (vsock(7)).
struct vsock_address {
    static constexpr std::uint32_t any = 0xFFFFFFFF;  ///< any context, or any port, when binding
    static constexpr std::uint32_t local = 1;         ///< this machine itself
    static constexpr std::uint32_t host = 2;          ///< the hypervisor

    std::uint32_t context = any;
    std::uint32_t port = any;

    friend bool operator==(const vsock_address&, const vsock_address&) = default;
};

/// An address of any family: a value that is what the kernel calls a sockaddr.
///
/// It is copied as often as you like (at most 136 bytes) and touches neither the network nor the
/// file system. Families without a form of their own here are carried as raw bytes and compare and
/// hash as such. An endpoint without a family is what the other side of an unbound Unix socket
/// looks like.
class endpoint {
 public:
    /// Room for the largest address of any family (sockaddr_storage).
    static constexpr std::size_t capacity = 128;

    /// No family and no address.
    endpoint() noexcept : size_(0) {}

    /// An IP address and a port in host order; the scope of the address comes along (RFC 3493
    /// §3.3).
    endpoint(const address& ip, std::uint16_t port, std::uint32_t flow_info = 0) noexcept;

    /// A Unix socket in the file system. Throws std::invalid_argument when `path` is empty, has a
    /// NUL in it or is longer than 107 bytes.
    static endpoint local(std::string_view path);
    /// A Unix socket in the abstract name space: any bytes, NUL too, 107 at most; no file is made.
    static endpoint abstract(std::string_view name);
    /// Binding here makes the kernel choose an abstract name (unix(7), "autobind").
    static endpoint autobind() noexcept;

    explicit endpoint(const packet_address& parts) noexcept;
    explicit endpoint(const netlink_address& parts) noexcept;
    explicit endpoint(const vsock_address& parts) noexcept;

    /// The bytes of a sockaddr of any family, as the kernel defines it. Throws
    /// std::invalid_argument when there are fewer than 2 or more than `capacity`.
    static endpoint raw(std::span<const std::byte> sockaddr);

    /// Reads what to_string() prints for inet, inet6, Unix and vsock: `192.0.2.1:80`,
    /// `[2001:db8::1%2]:80`, `unix:/run/x`, `unix:@abstract`, `vsock:2:1024`. Strict; no names are
    /// looked up.
    ///
    /// Throws std::invalid_argument that shows the text and says what is wrong with it.
    static endpoint parse(std::string_view text);

    [[nodiscard]] net::family family() const noexcept {
        std::uint16_t number = 0;
        if (size_ >= sizeof number) std::memcpy(&number, storage_, sizeof number);
        return static_cast<net::family>(number);
    }
    [[nodiscard]] bool is_inet() const noexcept {
        return family() == net::family::inet || family() == net::family::inet6;
    }

    /// The IP address. Throws std::invalid_argument when this is not inet or inet6, as the next two
    /// do.
    [[nodiscard]] net::address ip() const;
    /// The port in host order.
    [[nodiscard]] std::uint16_t port() const;
    /// The flow label field of an inet6 endpoint in host order; 0 for inet (RFC 3493).
    [[nodiscard]] std::uint32_t flow_info() const;
    /// The same address with another port.
    [[nodiscard]] endpoint with_port(std::uint16_t port) const { return {ip(), port, flow_info()}; }

    /// The path or the abstract name (without its leading NUL) of a Unix endpoint; empty when
    /// unnamed.
    [[nodiscard]] std::string_view path() const;
    [[nodiscard]] bool is_abstract() const noexcept;

    /// The parts of one of the other families; std::invalid_argument for the wrong one.
    [[nodiscard]] packet_address packet() const;
    [[nodiscard]] netlink_address netlink() const;
    [[nodiscard]] vsock_address vsock() const;

    /// The sockaddr itself, for calls that are made by hand. Valid as long as this object is
    /// unchanged.
    [[nodiscard]] const std::byte* data() const noexcept { return storage_; }
    [[nodiscard]] std::byte* data() noexcept { return storage_; }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    /// Says how many bytes a system call has written to data(); more than `capacity` counts as
    /// that.
    void resize(std::uint32_t size) noexcept {
        size_ = size < capacity ? size : static_cast<std::uint32_t>(capacity);
    }

    /// `127.0.0.1:80`, `[::1]:80`, `unix:/run/x`, `unix:@name`, `packet:2 0x0800
    /// 02:00:5e:10:00:01`, `netlink:0 groups 0x1`, `vsock:2:1024`, or family and bytes in
    /// hexadecimal. One line, safe to print.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const endpoint& a, const endpoint& b) noexcept {
        return a.size_ == b.size_ && std::memcmp(a.storage_, b.storage_, a.size_) == 0;
    }
    friend std::strong_ordering operator<=>(const endpoint& a, const endpoint& b) noexcept;

 private:
    alignas(8)
        std::byte storage_[capacity];  // the first size_ bytes mean something, the rest is not set
    std::uint32_t size_;
};

std::ostream& operator<<(std::ostream& out, const endpoint& value);

}  // namespace zocalo::net

template <>
struct std::hash<zocalo::net::endpoint> {
    std::size_t operator()(const zocalo::net::endpoint& value) const noexcept;
};
