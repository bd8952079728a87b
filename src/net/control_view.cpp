// SPDX-License-Identifier: MIT
// The typed questions about ancillary data: which (level, type) answers, and how its bytes read.

// <linux/errqueue.h> relies on timespec.
#include <ctime>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>

#include "zocalo/net/control.hpp"
#include "zocalo/net/option_packet.hpp"
#include "zocalo/net/option_tcp.hpp"

namespace zocalo::net {

namespace {

using option::object_from;

/// The value of an item, when it is there and long enough to hold one.
template <class T>
std::optional<T> value_of(const control_view& control, int level, int type) noexcept {
    const auto data = control.find(level, type);
    if (!data || data->size() < sizeof(T)) return std::nullopt;
    return object_from<T>(*data);
}

address v4_from(const in_addr& ip) noexcept {
    address::v4_bytes bytes;
    std::memcpy(bytes.data(), &ip, bytes.size());
    return address(bytes);
}

std::chrono::nanoseconds span_of(const timespec& time) noexcept {
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool is_set(const timespec& time) noexcept {
    return time.tv_sec != 0 || time.tv_nsec != 0;
}

/// The levels and types under which the error queue reports.
constexpr std::pair<int, int> error_types[] = {
    {IPPROTO_IP, IP_RECVERR},
    {IPPROTO_IPV6, IPV6_RECVERR},
    {SOL_PACKET, 16},  // PACKET_TX_TIMESTAMP
    {287, 1},          // SOL_VSOCK, VSOCK_RECVERR
};

endpoint offender_of(const_buffer sockaddr) {
    const auto family = object_from<sa_family_t>(sockaddr);
    std::size_t size = 0;
    if (family == AF_INET) size = sizeof(sockaddr_in);
    if (family == AF_INET6) size = sizeof(sockaddr_in6);
    if (size == 0 || sockaddr.size() < size) return {};
    return endpoint::raw(sockaddr.first(size));
}

}  // namespace

std::optional<destination> control_view::destination() const noexcept {
    if (const auto info = value_of<in_pktinfo>(*this, IPPROTO_IP, IP_PKTINFO)) {
        return net::destination{v4_from(info->ipi_addr), v4_from(info->ipi_spec_dst),
                                static_cast<std::uint32_t>(info->ipi_ifindex)};
    }
    const auto info = value_of<in6_pktinfo>(*this, IPPROTO_IPV6, IPV6_PKTINFO);
    if (!info) return std::nullopt;
    address::v6_bytes bytes;
    std::memcpy(bytes.data(), &info->ipi6_addr, bytes.size());
    const address plain(bytes);
    const address ip = plain.is_link_local() ? plain.with_scope(info->ipi6_ifindex) : plain;
    const bool is_group = ip.unmapped().is_multicast() || ip.unmapped().is_broadcast();
    return net::destination{ip, is_group ? address::any_v6() : ip, info->ipi6_ifindex};
}

std::optional<endpoint> control_view::original_destination() const {
    if (const auto name = value_of<sockaddr_in>(*this, IPPROTO_IP, IP_ORIGDSTADDR)) {
        return endpoint::raw(option::bytes_of(*name));
    }
    const auto name = value_of<sockaddr_in6>(*this, IPPROTO_IPV6, IPV6_ORIGDSTADDR);
    if (!name) return std::nullopt;
    return endpoint::raw(option::bytes_of(*name));
}

std::optional<int> control_view::hop_limit() const noexcept {
    if (const auto hops = value_of<int>(*this, IPPROTO_IP, IP_TTL)) return hops;
    return value_of<int>(*this, IPPROTO_IPV6, IPV6_HOPLIMIT);
}

std::optional<int> control_view::traffic_class() const noexcept {
    // The one item that the kernel gives as a single byte.
    if (const auto tos = value_of<std::uint8_t>(*this, IPPROTO_IP, IP_TOS)) return *tos;
    return value_of<int>(*this, IPPROTO_IPV6, IPV6_TCLASS);
}

std::optional<control_view::arrival_time> control_view::time() const noexcept {
    if (const auto time = value_of<timespec>(*this, SOL_SOCKET, SCM_TIMESTAMPNS)) {
        return arrival_time(span_of(*time));
    }
    if (const auto time = value_of<timeval>(*this, SOL_SOCKET, SCM_TIMESTAMP)) {
        return arrival_time(std::chrono::seconds(time->tv_sec) +
                            std::chrono::microseconds(time->tv_usec));
    }
    const auto all = value_of<scm_timestamping>(*this, SOL_SOCKET, SCM_TIMESTAMPING);
    if (!all || !is_set(all->ts[0])) return std::nullopt;
    return arrival_time(span_of(all->ts[0]));
}

std::optional<std::chrono::nanoseconds> control_view::hardware_time() const noexcept {
    const auto all = value_of<scm_timestamping>(*this, SOL_SOCKET, SCM_TIMESTAMPING);
    if (!all || !is_set(all->ts[2])) return std::nullopt;
    return span_of(all->ts[2]);
}

std::optional<std::uint32_t> control_view::drops() const noexcept {
    return value_of<std::uint32_t>(*this, SOL_SOCKET, SO_RXQ_OVFL);
}

std::optional<std::uint32_t> control_view::segment_size() const noexcept {
    return value_of<std::uint32_t>(*this, IPPROTO_UDP, UDP_GRO);
}

std::optional<std::uint32_t> control_view::queued_bytes() const noexcept {
    return value_of<std::uint32_t>(*this, option::tcp::report_queue::level,
                                   option::tcp::report_queue::name);
}

std::optional<credentials> control_view::sender() const noexcept {
    return value_of<credentials>(*this, SOL_SOCKET, SCM_CREDENTIALS);
}

std::optional<error_report> control_view::error() const {
    for (const auto& [level, type] : error_types) {
        const auto data = find(level, type);
        if (!data || data->size() < sizeof(sock_extended_err)) continue;
        const auto entry = object_from<sock_extended_err>(*data);
        return error_report{.error = static_cast<int>(entry.ee_errno),
                            .origin = static_cast<error_report::origin_type>(entry.ee_origin),
                            .type = entry.ee_type,
                            .code = entry.ee_code,
                            .info = entry.ee_info,
                            .data = entry.ee_data,
                            .offender = offender_of(data->without(sizeof entry))};
    }
    return std::nullopt;
}

}  // namespace zocalo::net
