// SPDX-License-Identifier: MIT
// The echo server on libevent's events: an event for each connection, reading and writing oneself,
// which costs less than its bufferevents.
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::array<char, 65536> room;

struct connection {
    event* readable = nullptr;
    event* writable = nullptr;
    std::string unsent;
};

void drop(connection* which, int fd) {
    event_free(which->readable);
    event_free(which->writable);
    ::close(fd);
    delete which;
}

void write_rest(evutil_socket_t fd, short, void* argument) {
    auto* const on = static_cast<connection*>(argument);
    const ssize_t sent = ::send(fd, on->unsent.data(), on->unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return drop(on, fd);
    if (sent > 0) on->unsent.erase(0, static_cast<std::size_t>(sent));
    event_add(on->unsent.empty() ? on->readable : on->writable, nullptr);
    if (!on->unsent.empty()) event_del(on->readable);
}

void echo(evutil_socket_t fd, short, void* argument) {
    auto* const on = static_cast<connection*>(argument);
    const ssize_t got = ::recv(fd, room.data(), room.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(on, fd);
    const ssize_t sent = ::send(fd, room.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
    if (sent == got) return;
    if (sent < 0 && errno != EAGAIN) return drop(on, fd);
    const ssize_t gone = sent < 0 ? 0 : sent;
    on->unsent.assign(room.data() + gone, static_cast<std::size_t>(got - gone));
    event_del(on->readable);
    event_add(on->writable, nullptr);
}

void accept_one(evconnlistener* from, evutil_socket_t fd, sockaddr*, int, void*) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    event_base* const base = evconnlistener_get_base(from);
    auto* const made = new connection;
    made->readable = event_new(base, fd, EV_READ | EV_PERSIST, echo, made);
    made->writable = event_new(base, fd, EV_WRITE, write_rest, made);
    event_add(made->readable, nullptr);
}

}  // namespace

int main() {
    event_base* const base = event_base_new();
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const name = reinterpret_cast<sockaddr*>(&where);
    evconnlistener* const listener = evconnlistener_new_bind(
        base, accept_one, nullptr, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 4096, name,
        sizeof where);
    if (listener == nullptr) return 1;
    socklen_t size = sizeof where;
    ::getsockname(evconnlistener_get_fd(listener), name, &size);
    std::printf("listening on 127.0.0.1:%d with libevent\n", ntohs(where.sin_port));
    std::fflush(stdout);
    event_base_dispatch(base);
}
