// SPDX-License-Identifier: MIT
// The calls of RFC 3678 that are the same for both families: only the level differs.
#include "zocalo/net/multicast.hpp"

#include <netinet/in.h>

#include <cstring>
#include <string>

#include "net/fail.hpp"
#include "sys/socket.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_ipv6.hpp"

namespace zocalo::net::multicast {

namespace {

bool is_v6(const socket& socket) {
    return socket.family() == family::inet6;
}

int level_of(const address& group) {
    return group.is_v6() ? IPPROTO_IPV6 : IPPROTO_IP;
}

void require_group(const address& group) {
    if (!group.is_multicast()) {
        throw std::invalid_argument("multicast group " + group.to_string() +
                                    ": not a multicast address");
    }
}

void store(sockaddr_storage& out, const address& ip) {
    const endpoint name(ip, 0);
    std::memcpy(&out, name.data(), name.size());
}

void call(socket& socket, const char* what, int name, const address& group,
          std::uint32_t interface) {
    require_group(group);
    group_req request{};
    request.gr_interface = interface;
    store(request.gr_group, group);
    const int result =
        sys::setsockopt(socket.fileno(), level_of(group), name, &request, sizeof request);
    if (result < 0) fail(what, endpoint(group, 0), result);
}

void call(socket& socket, const char* what, int name, const address& group, const address& source,
          std::uint32_t interface) {
    require_group(group);
    if (group.family() != source.family()) {
        throw std::invalid_argument("multicast source " + source.to_string() + " for group " +
                                    group.to_string() + ": of different families");
    }
    group_source_req request{};
    request.gsr_interface = interface;
    store(request.gsr_group, group);
    store(request.gsr_source, source);
    const int result =
        sys::setsockopt(socket.fileno(), level_of(group), name, &request, sizeof request);
    if (result < 0) fail(what, endpoint(group, 0), result);
}

}  // namespace

void join(socket& socket, const address& group, std::uint32_t interface) {
    call(socket, "join multicast group", MCAST_JOIN_GROUP, group, interface);
}
void join(socket& socket, const address& group, const address& source, std::uint32_t interface) {
    call(socket, "join multicast group", MCAST_JOIN_SOURCE_GROUP, group, source, interface);
}
void leave(socket& socket, const address& group, std::uint32_t interface) {
    call(socket, "leave multicast group", MCAST_LEAVE_GROUP, group, interface);
}
void leave(socket& socket, const address& group, const address& source, std::uint32_t interface) {
    call(socket, "leave multicast group", MCAST_LEAVE_SOURCE_GROUP, group, source, interface);
}
void block(socket& socket, const address& group, const address& source, std::uint32_t interface) {
    call(socket, "block a source of multicast group", MCAST_BLOCK_SOURCE, group, source, interface);
}
void unblock(socket& socket, const address& group, const address& source, std::uint32_t interface) {
    call(socket, "unblock a source of multicast group", MCAST_UNBLOCK_SOURCE, group, source,
         interface);
}

void set_interface(socket& socket, std::uint32_t interface) {
    if (is_v6(socket)) {
        socket.set(option::ipv6::multicast_interface{checked_cast<int>(interface, "interface")});
    } else {
        socket.set(option::ip::multicast_interface{interface});
    }
}

void set_hops(socket& socket, int hops) {
    if (hops < 0 || hops > 255) {
        throw std::invalid_argument("multicast hops: " + std::to_string(hops) +
                                    " is not within 0 to 255");
    }
    if (is_v6(socket)) {
        socket.set(option::ipv6::multicast_hops{hops});
    } else {
        socket.set(option::ip::multicast_ttl{hops});
    }
}

int get_hops(const socket& socket) {
    return is_v6(socket) ? socket.get<option::ipv6::multicast_hops>().value
                         : socket.get<option::ip::multicast_ttl>().value;
}

void set_loop(socket& socket, bool on) {
    if (is_v6(socket)) {
        socket.set(option::ipv6::multicast_loop{on});
    } else {
        socket.set(option::ip::multicast_loop{on});
    }
}

bool get_loop(const socket& socket) {
    return is_v6(socket) ? socket.get<option::ipv6::multicast_loop>().value
                         : socket.get<option::ip::multicast_loop>().value;
}

void set_all(socket& socket, bool on) {
    if (is_v6(socket)) {
        socket.set(option::ipv6::multicast_all{on});
    } else {
        socket.set(option::ip::multicast_all{on});
    }
}

}  // namespace zocalo::net::multicast
