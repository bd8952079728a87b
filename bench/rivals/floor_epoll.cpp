// SPDX-License-Identifier: MIT
// The floor: an echo server of bare epoll calls, as plain as it can be written. One hot buffer; a
// receive when the kernel says that there is something, and a send at once. With --spin it asks
// without waiting, over and over: the most that a loop on epoll can win by that. With --recv it
// asks the one connection that it serves instead: the most that anything can.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace {

std::array<char, 65536> buffer;
std::map<int, std::string> unsent;  // the few whose socket was full
int poll_fd = -1;

void require(bool holds, const char* what) {
    if (holds) return;
    std::perror(what);
    std::exit(1);
}

void watch(int fd, int how, std::uint32_t events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = fd;
    require(::epoll_ctl(poll_fd, how, fd, &wanted) == 0, "epoll_ctl");
}

int open_socket(int type, std::uint16_t port) {
    const int fd = ::socket(AF_INET, type, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(port);
    socklen_t size = sizeof where;
    auto* const name = reinterpret_cast<sockaddr*>(&where);
    require(::bind(fd, name, size) == 0, "bind");
    if (type != SOCK_DGRAM) require(::listen(fd, 4096) == 0, "listen");
    ::getsockname(fd, name, &size);
    std::printf("listening on 127.0.0.1:%d with bare epoll\n", ntohs(where.sin_port));
    std::fflush(stdout);
    return fd;
}

void accept_one(int listener) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
}

void drop(int fd) {
    unsent.erase(fd);
    ::close(fd);
}

void echo(int fd) {
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return got < 0 && errno == EAGAIN ? void() : drop(fd);
    const auto size = static_cast<std::size_t>(got);
    const ssize_t sent = ::send(fd, buffer.data(), size, MSG_NOSIGNAL);
    if (sent == got) return;
    if (sent < 0 && errno != EAGAIN) return drop(fd);
    const std::size_t gone = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    unsent[fd].assign(buffer.data() + gone, size - gone);
    watch(fd, EPOLL_CTL_MOD, EPOLLOUT);
}

void send_rest(int fd) {
    std::string& rest = unsent[fd];
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN ? void() : drop(fd);
    rest.erase(0, static_cast<std::size_t>(sent));
    if (!rest.empty()) return;
    unsent.erase(fd);
    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

/// Nothing to wait for but one socket: no epoll.
[[noreturn]] void echo_datagrams() {
    constexpr std::size_t count = 64;
    static std::array<std::array<char, 2048>, count> rooms;
    std::array<sockaddr_in, count> peers{};
    std::array<iovec, count> pieces{};
    std::array<mmsghdr, count> batch{};
    const int fd = open_socket(SOCK_DGRAM, 0);
    for (;;) {
        for (std::size_t i = 0; i < count; ++i) {
            pieces[i] = {rooms[i].data(), rooms[i].size()};
            batch[i].msg_hdr = {&peers[i], sizeof peers[i], &pieces[i], 1, nullptr, 0, 0};
        }
        const int got = ::recvmmsg(fd, batch.data(), count, MSG_WAITFORONE, nullptr);
        require(got > 0, "recvmmsg");
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i)
            pieces[i].iov_len = batch[i].msg_len;
        require(::sendmmsg(fd, batch.data(), static_cast<unsigned>(got), 0) == got, "sendmmsg");
    }
}

/// One connection after the other, and no epoll.
[[noreturn]] void ask_one_over_and_over() {
    const int listener = open_socket(SOCK_STREAM, 0);
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        for (ssize_t got = -1; got != 0;) {
            got = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (got < 0 && errno != EAGAIN) break;
            if (got > 0) ::send(fd, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
        }
        ::close(fd);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view how = argc > 1 ? argv[1] : "";
    if (how == "--udp") echo_datagrams();
    if (how == "--recv") ask_one_over_and_over();
    const int patience = how == "--spin" ? 0 : -1;
    poll_fd = ::epoll_create1(0);
    const int listener = open_socket(SOCK_STREAM | SOCK_NONBLOCK, 0);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    std::array<epoll_event, 256> events;
    for (;;) {
        const int count = ::epoll_wait(poll_fd, events.data(), int{events.size()}, patience);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.fd == listener) {
                accept_one(listener);
            } else if ((event.events & EPOLLOUT) != 0) {
                send_rest(event.data.fd);
            } else {
                echo(event.data.fd);
            }
        }
    }
}
