// SPDX-License-Identifier: MIT
// Opening sockets and making connections.
#include "zocalo/net/socket.hpp"

#include <cassert>
#include <cerrno>
#include <sstream>
#include <string>

#include "net/accept_next.hpp"
#include "net/fail.hpp"
#include "net/lookup.hpp"
#include "net/operate.hpp"
#include "sys/file.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

/// "socket (inet, stream, udp)"; beyond the families of IP a protocol is only a number.
std::string describe(family family, type type, protocol protocol) {
    std::ostringstream text;
    text << "socket (" << family << ", " << type;
    const bool is_ip = family == family::inet || family == family::inet6;
    if (protocol != protocol::automatic && is_ip) text << ", " << protocol;
    if (protocol != protocol::automatic && !is_ip) text << ", " << static_cast<int>(protocol);
    text << ')';
    return text.str();
}

int ask(int fd, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    const int result = sys::getsockopt(fd, SOL_SOCKET, name, &value, &size);
    if (result < 0) fail("adopt descriptor " + std::to_string(fd), result);
    return value;
}

}  // namespace

socket::socket(net::family family, net::type type, net::protocol protocol)
    : fd_(sys::socket(static_cast<int>(family), static_cast<int>(type),
                      static_cast<int>(protocol))),
      family_(family),
      type_(type),
      protocol_(protocol) {
    if (fd_.get() < 0) fail(describe(family, type, protocol), fd_.get());
}

socket socket::adopt(int fd) {
    socket adopted;
    adopted.family_ = static_cast<net::family>(ask(fd, SO_DOMAIN));
    adopted.type_ = static_cast<net::type>(ask(fd, SO_TYPE));
    adopted.protocol_ = static_cast<net::protocol>(ask(fd, SO_PROTOCOL));
    const int flags = sys::get_status_flags(fd);
    if (flags < 0) fail("adopt descriptor " + std::to_string(fd), flags);
    if ((flags & O_NONBLOCK) != 0) adopted.timeout_ = timeout::zero();
    adopted.fd_.reset(fd);
    return adopted;
}

std::pair<socket, socket> socket::pair(net::type type, net::family family) {
    int ends[2] = {-1, -1};
    const int result = sys::socketpair(static_cast<int>(family), static_cast<int>(type), 0, ends);
    if (result < 0) fail("socketpair", result);
    std::pair<socket, socket> both;
    both.first.fd_.reset(ends[0]);
    both.second.fd_.reset(ends[1]);
    for (socket* end : {&both.first, &both.second}) {
        end->family_ = family;
        end->type_ = type;
    }
    return both;
}

void socket::bind(const endpoint& where) {
    if (const int result = sys::bind(fileno(), where.data(), where.size()); result < 0) {
        fail("bind", where, result);
    }
}

void socket::bind(const host_port& where) {
    bind(look_up_for(*this, where, deadline{timeout_}));
}

void socket::listen(int backlog) {
    if (const int result = sys::listen(fileno(), backlog); result < 0)
        fail("listen", *this, result);
}

/// Fills `connection`, whose client is not open yet: 0, or −errno.
[[gnu::always_inline]] inline long socket::accept_into(accepted& connection) {
    const long fd = operate(*this, POLLIN, {}, [this, &connection]() noexcept -> long {
        return accept_next(fileno(), connection.peer);
    });
    if (fd < 0) return fd;
    if (connection.client.is_open()) __builtin_unreachable();  // saves the way to close()
    connection.client.fd_.reset(static_cast<int>(fd));
    return 0;
}

std::optional<accepted> socket::try_accept(std::error_code& error) {
    std::optional<accepted> connection(accepted{socket({}, family_, type_, protocol_), {}});
    const long result = accept_into(*connection);
    error = result < 0 ? error_from(result) : std::error_code{};
    if (result < 0) connection.reset();
    return connection;
}

accepted socket::accept() {
    accepted connection{socket({}, family_, type_, protocol_), {}};
    if (const long result = accept_into(connection); result < 0) fail("accept", *this, result);
    return connection;
}

namespace {

/// The kernel makes connections in the background once it has said EINPROGRESS or was interrupted.
int finish_connect(const socket& connecting, const deadline& until) {
    const int waited =
        sys::wait_ready(connecting.fileno(), POLLOUT, until, connecting.stop_fileno());
    if (waited < 0) return waited;
    int error = 0;
    socklen_t size = sizeof error;
    const int result = sys::getsockopt(connecting.fileno(), SOL_SOCKET, SO_ERROR, &error, &size);
    return result < 0 ? result : -error;
}

/// A Unix listener with a full queue says EAGAIN, and no poll tells when there is room: ask again
/// soon.
int connect_when_there_is_room(const socket& connecting, const endpoint& peer,
                               const deadline& until) {
    for (;;) {
        const deadline soon{shorter(until.remaining(), std::chrono::milliseconds(5))};
        const int waited = sys::wait_ready(-1, 0, soon, connecting.stop_fileno());
        if (waited == -ECANCELED || until.passed()) return waited;
        const int result = sys::connect(connecting.fileno(), peer.data(), peer.size());
        if (result != -EAGAIN) return result;
    }
}

/// What becomes of a connection that was not made at once.
int connect_later(const socket& connecting, const endpoint& peer, const deadline& until,
                  int result) {
    if (until.limit().is_zero()) return result;
    if (result == -EINPROGRESS || result == -EINTR) return finish_connect(connecting, until);
    if (result == -EAGAIN && peer.family() == family::local) {
        return connect_when_there_is_room(connecting, peer, until);
    }
    return result;
}

int connect_within(const socket& connecting, const endpoint& peer, const deadline& until) {
    const int result = sys::connect(connecting.fileno(), peer.data(), peer.size());
    if (result == 0) [[likely]]
        return 0;
    return connect_later(connecting, peer, until, result);
}

void connect_or_throw(const socket& connecting, const endpoint& peer, const deadline& until) {
    const int result = connect_within(connecting, peer, until);
    if (result == 0) [[likely]]
        return;
    if (result == -ETIMEDOUT && !until.limit().is_none())
        fail("connect " + peer.to_string(), connecting, result);
    fail("connect", peer, result);
}

}  // namespace

void socket::connect(const endpoint& peer) {
    connect_or_throw(*this, peer, deadline{timeout_});
}

void socket::connect(const host_port& peer) {
    const deadline until{timeout_};
    connect_or_throw(*this, look_up_for(*this, peer, until), until);
}

std::error_code socket::try_connect(const endpoint& peer) {
    const int result = connect_within(*this, peer, deadline{timeout_});
    return result == 0 ? std::error_code{} : error_from(result);
}

void socket::shutdown(direction which) {
    if (const int result = sys::shutdown(fileno(), static_cast<int>(which)); result < 0) {
        fail("shutdown", *this, result);
    }
}

}  // namespace zocalo::net
