// SPDX-License-Identifier: MIT
#include "io/names/channel_sockets.hpp"

#include <ares.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "sys/socket.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::io::detail {

namespace {

channel_sockets& self(void* user) noexcept {
    return *static_cast<channel_sockets*>(user);
}

/// The convention of the system's own calls.
template <class Result>
Result as_libc(long result) noexcept {
    return static_cast<Result>(sys::set_errno(result));
}

ares_socket_t open_socket(int family, int type, int protocol, void* user) {
    return as_libc<ares_socket_t>(self(user).open(family, type, protocol));
}

int close_socket(ares_socket_t fd, void* user) {
    self(user).close(fd);
    return 0;
}

int connect_socket(ares_socket_t fd, const sockaddr* to, ares_socklen_t size, void* user) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(to);
    return as_libc<int>(self(user).connect(fd, net::endpoint::raw({bytes, size})));
}

ares_ssize_t receive_from(ares_socket_t fd, void* into, std::size_t size, int flags, sockaddr* from,
                          ares_socklen_t* from_size, void* user) {
    return as_libc<ares_ssize_t>(
        self(user).receive(fd, mutable_buffer(into, size), flags, from, from_size));
}

ares_ssize_t send_vector(ares_socket_t fd, const iovec* pieces, int count, void* /*user*/) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces);  // NOLINT: only read
    message.msg_iovlen = static_cast<std::size_t>(count);
    return as_libc<ares_ssize_t>(sys::sendmsg(fd, &message, MSG_DONTWAIT));
}

constexpr ares_socket_functions functions = {
    .asocket = open_socket,
    .aclose = close_socket,
    .aconnect = connect_socket,
    .arecvfrom = receive_from,
    .asendv = send_vector,
};

}  // namespace

void channel_sockets::attach(ares_channeldata* channel, std::vector<net::endpoint> servers) {
    servers_ = std::move(servers);
    ares_set_socket_functions(channel, &functions, this);
}

int channel_sockets::connect(int fd, const net::endpoint& to) noexcept {
    const auto known = std::ranges::find_if(servers_, [&](const net::endpoint& each) {
        return each.port() == to.port() && each.ip().with_scope(0) == to.ip().with_scope(0);
    });
    const net::endpoint& exact = known == servers_.end() ? to : *known;
    if (entry* const found = find(fd)) found->peer = exact;
    return sys::connect(fd, exact.data(), exact.size());
}

channel_sockets::entry* channel_sockets::find(int fd) noexcept {
    const auto found =
        std::ranges::find(open_, fd, [](const entry& each) { return each.socket->fileno(); });
    return found == open_.end() ? nullptr : &*found;
}

int channel_sockets::open(int family, int type, int protocol) {
    const int fd = sys::socket(family, type | SOCK_NONBLOCK, protocol);
    if (fd < 0) return fd;
    open_.push_back({.socket = std::make_unique<system_descriptor>(unique_fd(fd)),
                     .is_datagram = type == SOCK_DGRAM});
    return fd;
}

void channel_sockets::close(int fd) noexcept {
    entry* const found = find(fd);
    if (found == nullptr) return;
    if (found->socket->is_busy()) closed_.push_back(std::move(*found));
    open_.erase(std::next(open_.begin(), found - open_.data()));
}

void channel_sockets::wants(int fd, bool reading, bool writing) noexcept {
    entry* const found = find(fd);
    if (found == nullptr) return;
    found->reading = reading;
    found->writing = writing;
}

/// Of datagrams only those that answer a question are let through. Whoever sends floods of others
/// does not keep the loop: what is left makes the socket readable in the next turn.
long channel_sockets::receive(int fd, mutable_buffer into, int flags, void* from,
                              unsigned* from_size) noexcept {
    constexpr std::byte truncated{2};
    const entry* const found = find(fd);
    constexpr int most_forged = 64;
    for (int forged = 0; forged < most_forged; ++forged) {
        const long got =
            sys::recvfrom(fd, into.data(), into.size(), flags | MSG_DONTWAIT, from, from_size);
        if (got < 0 || found == nullptr) return got;
        const const_buffer data(into.data(), static_cast<std::size_t>(got));
        const verdict said = judge(data, found->peer);
        if (!found->is_datagram) return got;
        if (said == verdict::drop) continue;
        if (said == verdict::ask_again_over_tcp) into.data()[2] |= truncated;
        return got;
    }
    return -EAGAIN;
}

std::vector<task<>> channel_sockets::waits() {
    using ready = awaitable<ready_operation>;
    using direction = ready_operation::direction;
    std::vector<task<>> all;
    for (const entry& each : open_) {
        if (each.reading) all.push_back(as_task(ready(each.socket.get(), direction::read)));
        if (each.writing) all.push_back(as_task(ready(each.socket.get(), direction::write)));
    }
    return all;
}

/// Sockets that are not ready say so: asking all of them is simpler than keeping account.
void channel_sockets::process(ares_channeldata* channel) {
    struct wanted {
        int read;
        int write;
    };
    std::vector<wanted> all;
    for (const entry& each : open_) {
        const int fd = each.socket->fileno();
        all.push_back({each.reading ? fd : ARES_SOCKET_BAD, each.writing ? fd : ARES_SOCKET_BAD});
    }
    for (const wanted& each : all)
        ares_process_fd(channel, each.read, each.write);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what has timed out
}

}  // namespace zocalo::io::detail
