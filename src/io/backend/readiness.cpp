// SPDX-License-Identifier: MIT
#include "io/backend/readiness.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "io/backend/packet_descriptor.hpp"
#include "io/backend/receive_now.hpp"
#include "net/accept_next.hpp"
#include "net/io_vector.hpp"
#include "sys/file.hpp"
#include "sys/socket.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/socket_settings.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/listen.hpp"

namespace zocalo::io::detail {

namespace {

/// What is no socket may be in blocking mode, which belongs to all who share it: it is read only
/// when it is readable, and gets no more at a time than a pipe takes without blocking (PIPE_BUF).
long write_rest(int fd, const send_operation& what) noexcept {
    const const_buffer rest = what.pieces.front().without(what.offset).first(4096);
    const sys::sigpipe_guard quiet;
    return sys::write(fd, rest.data(), rest.size());
}

/// Sends on where the last attempt stopped, several pieces in a call.
long send_pieces(int fd, const send_operation& what) noexcept {
    const auto pieces = what.pieces;
    std::array<iovec, 64> vector;
    const std::size_t count = std::min(pieces.size(), vector.size());
    for (std::size_t i = 0; i < count; ++i) {
        vector[i] = net::as_iovec(pieces[i].without(i == 0 ? what.offset : 0));
    }
    msghdr message{};
    message.msg_iov = vector.data();
    message.msg_iovlen = count;
    return sys::sendmsg(fd, &message, MSG_DONTWAIT);
}

long send_rest(int fd, const send_operation& what) noexcept {
    if (what.pieces.size() > 1) return send_pieces(fd, what);
    const const_buffer& last = what.pieces.back();
    return sys::send(fd, last.data() + what.offset, last.size() - what.offset, MSG_DONTWAIT);
}

bool try_send(send_operation& what) noexcept {
    const system_descriptor& to = socket_of(what);
    const int fd = to.fileno();
    for (;;) {
        const long sent = to.is_socket ? send_rest(fd, what) : write_rest(fd, what);
        if (sent == -EAGAIN) return false;
        if (sent < 0) return done(what, sent);
        if (what.is_all(static_cast<std::size_t>(sent))) return done(what, 0);
        if (what.advance(static_cast<std::size_t>(sent))) return done(what, 0);
        if (!to.is_socket) return false;  // until there is room again
    }
}

packet_descriptor& packets_of(const operation& what) noexcept {
    return static_cast<packet_descriptor&>(*what.on);
}

bool try_receive_packets(receive_packets_operation& what) noexcept {
    const long came = packets_of(what).receive(what);
    return came != -EAGAIN && done(what, came);
}

bool try_send_packets(send_packets_operation& what) noexcept {
    const long went = packets_of(what).send(what);
    return went != -EAGAIN && done(what, went);
}

bool try_accept(accept_operation& what) {
    net::endpoint peer;
    if (unique_fd waiting = socket_of(what).take_waiting()) {
        peer = name_of(waiting.get(), sys::getpeername);
        what.made = std::make_unique<system_descriptor>(std::move(waiting), peer);
        return done(what, 0);
    }
    const int fd = net::accept_next(socket_of(what).fileno(), peer);
    if (fd == -EAGAIN) return false;
    if (fd >= 0) what.made = std::make_unique<system_descriptor>(unique_fd(fd), peer);
    return done(what, fd < 0 ? fd : 0);
}

/// The kernel has made the connection in the background, or has not; or it is not yet decided, and
/// there was nothing to report.
bool end_connect(connect_operation& what) noexcept {
    const int fd = socket_of(what).fileno();
    int error = 0;
    socklen_t size = sizeof error;
    const int asked = sys::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (asked < 0 || error != 0) return done(what, asked < 0 ? asked : -error);
    net::endpoint peer;
    auto room = static_cast<socklen_t>(net::endpoint::capacity);
    const int named = sys::getpeername(fd, peer.data(), &room);
    return named != -ENOTCONN && done(what, std::min(named, 0));
}

}  // namespace

namespace {

int apply(const socket_settings* settings, int fd) noexcept {
    if (settings == nullptr) return 0;
    for (const auto& [level, name, value] : settings->all()) {
        const int result =
            sys::setsockopt(fd, level, name, value.data(), static_cast<socklen_t>(value.size()));
        if (result < 0) return result;
    }
    return 0;
}

/// As net::open_or_fall_back() does.
int open_or_fall_back(int family, net::protocol protocol) noexcept {
    constexpr int kind = SOCK_STREAM | SOCK_NONBLOCK;
    const int fd = sys::socket(family, kind, static_cast<int>(protocol));
    const bool unknown = fd == -EPROTONOSUPPORT || fd == -ENOPROTOOPT || fd == -EINVAL;
    return unknown && protocol == net::protocol::mptcp ? sys::socket(family, kind, 0) : fd;
}

}  // namespace

int open_for(const connect_operation& what) noexcept {
    const int fd = open_or_fall_back(static_cast<int>(what.to.family()), what.protocol);
    if (fd < 0) return fd;
    unique_fd owner(fd);
    if (what.to.is_inet()) send_promptly(fd);
    if (const int refused = apply(what.settings, fd); refused < 0) return refused;
    if (what.from.size() == 0) return owner.release();
    // One port of ours, to several addresses of one host at a time.
    const int on = 1;
    if (what.from.is_inet()) sys::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int bound = sys::bind(fd, what.from.data(), what.from.size());
    return bound < 0 ? bound : owner.release();
}

bool attempt(operation& what, int flags) {
    if (what.asked == operation::verb::receive)  // nearly always
        return try_receive(static_cast<receive_operation&>(what), flags);
    switch (what.asked) {
        case operation::verb::send:
            return try_send(static_cast<send_operation&>(what));
        case operation::verb::accept:
            return try_accept(static_cast<accept_operation&>(what));
        case operation::verb::receive_packets:
            return try_receive_packets(static_cast<receive_packets_operation&>(what));
        case operation::verb::send_packets:
            return try_send_packets(static_cast<send_packets_operation&>(what));
        case operation::verb::connect:
            return end_connect(static_cast<connect_operation&>(what));
        default:
            return done(what, 0);
    }
}

bool attempt_reported(operation& what, unsigned events) {
    constexpr std::uint8_t most_in_vain = 100;
    const bool is_over = attempt(what, MSG_DONTWAIT);
    if ((events & (POLLERR | POLLHUP)) == 0) return is_over;
    descriptor& on = *what.on;
    const bool is_hopeless = !is_over && ++on.in_vain == most_in_vain;
    if (is_over || is_hopeless) on.in_vain = 0;
    return is_over || (is_hopeless && done(what, -ENODATA));
}

bool readiness_backend::keep(operation& what, bool writing) {
    system_descriptor& on = socket_of(what);
    operation*& slot = writing ? on.writing : on.reading;
    if (slot != nullptr) return !done(what, -EBUSY);
    const std::uint8_t direction = writing ? on.writes : on.reads;
    const bool is_watched = on.home == this && (on.watched & direction) != 0;
    const int watched = is_watched ? 0 : watch(on, writing);
    if (watched == -EPERM) {  // a regular file never blocks, and cannot be watched
        while (!attempt(what, 0)) {
        }
        return false;
    }
    if (watched < 0) return !done(what, watched);
    slot = &what;
    what.wait();
    ++kept_;
    return true;
}

std::unique_ptr<descriptor> open_listener(const net::endpoint& where,
                                          const net::listen_options& options) {
    net::listen_options prompt = options;
    if (where.is_inet() && options.type != net::type::datagram) {
        prompt.prepare = [&options](net::socket& made) {
            send_promptly(made.fileno());  // its connections inherit it
            if (options.prepare) options.prepare(made);
        };
    }
    net::socket made = net::create_server(where, prompt);
    if (options.type == net::type::datagram) {
        return std::make_unique<packet_descriptor>(std::move(made));
    }
    return system_descriptor::adopt(std::move(made));
}

std::unique_ptr<descriptor> readiness_backend::listen(const net::endpoint& where,
                                                      const net::listen_options& options) {
    return open_listener(where, options);
}

bool readiness_backend::receive(receive_operation& what) {
    if (socket_of(what).may_be_readable && attempt(what, MSG_DONTWAIT)) return takes_turn(what);
    return keep(what, false);
}

[[gnu::flatten]] bool readiness_backend::send(send_operation& what) {
    const bool at_once = what.on->writing == nullptr && socket_of(what).is_socket;
    if (at_once && try_send(what)) return takes_turn(what);
    return keep(what, true);
}

bool readiness_backend::accept(accept_operation& what) {
    return attempt(what, MSG_DONTWAIT) ? takes_turn(what) : keep(what, false);
}

bool readiness_backend::connect(connect_operation& what) {
    const int fd = open_for(what);
    if (fd < 0) return !done(what, fd);
    auto made = std::make_unique<system_descriptor>(unique_fd(fd), what.to);
    what.on = made.get();
    what.made = std::move(made);
    const int result = sys::connect(fd, what.to.data(), what.to.size());
    if (result != -EINPROGRESS && result != -EINTR) return !done(what, result);
    return keep(what, true);
}

/// Datagrams come in bursts: as long as there are some, asking first would be a needless call.
bool readiness_backend::receive_packets(receive_packets_operation& what) {
    return attempt(what, MSG_DONTWAIT) ? takes_turn(what) : keep(what, false);
}

/// A watched socket tells its watcher of every datagram that has left it, which costs more than
/// watching anew after a batch of them.
bool readiness_backend::send_packets(send_packets_operation& what) {
    constexpr std::size_t many = 8;
    system_descriptor& on = socket_of(what);
    if (what.batch != nullptr && what.batch->size() >= many && !on.is_busy()) pause(on);
    return attempt(what, MSG_DONTWAIT) ? takes_turn(what) : keep(what, true);
}

bool readiness_backend::wait_ready(ready_operation& what) {
    return keep(what, what.wanted == ready_operation::direction::write);
}

void readiness_backend::cancel(operation& what) noexcept {
    if (what.now != operation::state::waiting) return;
    const bool writing = what.on->writing == &what;
    take(writing ? what.on->writing : what.on->reading);
    unwatch(socket_of(what), writing);
    post_done(what, -ECANCELED);
}

}  // namespace zocalo::io::detail
