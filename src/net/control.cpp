// SPDX-License-Identifier: MIT
// A control buffer is a row of headers (cmsghdr) with their data, each padded to the size of a
// long. Both ways go through memcpy, and every length is held against what is left.
#include "zocalo/net/control.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "zocalo/net/option_ipv6.hpp"
#include "zocalo/net/option_tcp.hpp"

namespace zocalo::net {

namespace {

using option::bytes_of;
using option::object_from;

/// SCM_MAX_FD of the kernel.
constexpr std::size_t most_descriptors = 253;

constexpr std::size_t header_size = CMSG_LEN(0);
static_assert(header_size == sizeof(cmsghdr));

}  // namespace

outgoing_control& outgoing_control::add(int level, int type, const_buffer data) {
    cmsghdr header{};
    header.cmsg_len = header_size + data.size();
    header.cmsg_level = level;
    header.cmsg_type = type;
    const std::size_t start = bytes_.size();
    bytes_.resize(start + CMSG_SPACE(data.size()));
    std::memcpy(bytes_.data() + start, &header, sizeof header);
    if (!data.empty()) std::memcpy(bytes_.data() + start + header_size, data.data(), data.size());
    return *this;
}

outgoing_control& outgoing_control::descriptors(std::span<const int> fds) {
    if (fds.size() > most_descriptors) {
        throw std::invalid_argument("descriptors: " + std::to_string(fds.size()) +
                                    " are more than the 253 that a message may carry");
    }
    return add(SOL_SOCKET, SCM_RIGHTS, {static_cast<const void*>(fds.data()), fds.size_bytes()});
}

outgoing_control& outgoing_control::sender(const credentials& who) {
    return add(SOL_SOCKET, SCM_CREDENTIALS, bytes_of(who));
}

outgoing_control& outgoing_control::source(const address& ip, std::uint32_t interface) {
    if (ip.is_v4()) {
        in_pktinfo info{};
        info.ipi_ifindex = static_cast<int>(interface);
        std::memcpy(&info.ipi_spec_dst, ip.bytes().data(), sizeof info.ipi_spec_dst);
        return add(IPPROTO_IP, IP_PKTINFO, bytes_of(info));
    }
    in6_pktinfo info{};
    info.ipi6_ifindex = interface;
    std::memcpy(&info.ipi6_addr, ip.bytes().data(), sizeof info.ipi6_addr);
    return add(IPPROTO_IPV6, IPV6_PKTINFO, bytes_of(info));
}

outgoing_control& outgoing_control::source(const destination& came_to) {
    // The interface is needed only where the address alone does not say it.
    const bool is_scoped = came_to.local.is_link_local() || came_to.local.is_unspecified();
    return source(came_to.local, is_scoped ? came_to.interface : 0);
}

outgoing_control& outgoing_control::hop_limit(net::family family, int hops) {
    return family == net::family::inet6 ? add(IPPROTO_IPV6, IPV6_HOPLIMIT, bytes_of(hops))
                                        : add(IPPROTO_IP, IP_TTL, bytes_of(hops));
}

outgoing_control& outgoing_control::traffic_class(net::family family, int value) {
    return family == net::family::inet6 ? add(IPPROTO_IPV6, IPV6_TCLASS, bytes_of(value))
                                        : add(IPPROTO_IP, IP_TOS, bytes_of(value));
}

outgoing_control& outgoing_control::segment_size(std::uint16_t bytes) {
    return add(IPPROTO_UDP, UDP_SEGMENT, bytes_of(bytes));
}

outgoing_control& outgoing_control::transmit_at(std::chrono::nanoseconds since_epoch) {
    return add(SOL_SOCKET, SCM_TXTIME, bytes_of(since_epoch.count()));
}

std::optional<control_item> control_view::next(const_buffer& rest) noexcept {
    if (rest.size() < header_size) return std::nullopt;
    const auto header = object_from<cmsghdr>(rest);
    if (header.cmsg_len < header_size || header.cmsg_len > rest.size()) return std::nullopt;
    const control_item item{header.cmsg_level, header.cmsg_type,
                            rest.first(header.cmsg_len).without(header_size)};
    rest = rest.without(CMSG_ALIGN(header.cmsg_len));
    return item;
}

std::optional<const_buffer> control_view::find(int level, int type) const noexcept {
    const_buffer rest = bytes_;
    while (const auto item = next(rest)) {
        if (item->level == level && item->type == type) return item->data;
    }
    return std::nullopt;
}

incoming_control::incoming_control(std::size_t max_descriptors, std::size_t room)
    : storage_((max_descriptors == 0
                    ? 0
                    : CMSG_SPACE(std::min(max_descriptors, most_descriptors) * sizeof(int))) +
               CMSG_ALIGN(std::min(room, std::size_t{1} << 20))),
      max_descriptors_(std::min(max_descriptors, most_descriptors)) {}

/// Room for the descriptors is made before they come: afterwards nothing may fail, or some would
/// have no owner.
mutable_buffer incoming_control::prepare() {
    descriptors_.clear();
    descriptors_.reserve(max_descriptors_);
    refused_ = 0;
    bytes_ = {};
    return {storage_};
}

void incoming_control::commit(std::size_t size) noexcept {
    bytes_ = const_buffer(storage_).first(size);
    const_buffer rest = bytes_;
    while (const auto item = next(rest)) {
        if (item->level != SOL_SOCKET || item->type != SCM_RIGHTS) continue;
        for (const_buffer fds = item->data; fds.size() >= sizeof(int);
             fds = fds.without(sizeof(int))) {
            unique_fd owned(object_from<int>(fds));
            if (descriptors_.size() < max_descriptors_) {
                descriptors_.push_back(std::move(owned));
            } else {
                ++refused_;
            }
        }
    }
}

}  // namespace zocalo::net
