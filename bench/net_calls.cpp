// SPDX-License-Identifier: MIT
// Makes each call of net::socket, and the bare system call beside it, as often as told. Nothing is
// timed here: callgrind counts the instructions of the functions below, by their names. Each is one
// call with what a program needs around it to hold a result or an error.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <string>

#include "zocalo/net/socket.hpp"

namespace net = zocalo::net;

namespace {

using message = std::array<char, 64>;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

// What the report looks for by name.
namespace measured {

[[gnu::noinline]] long bare_send(int fd, const message& data) {
    return ::send(fd, data.data(), data.size(), MSG_NOSIGNAL);
}
[[gnu::noinline]] long zocalo_send(net::socket& socket, const message& data) {
    return static_cast<long>(socket.send(data));
}

[[gnu::noinline]] long bare_recv(int fd, message& data) {
    return ::recv(fd, data.data(), data.size(), 0);
}
[[gnu::noinline]] long zocalo_recv(net::socket& socket, message& data) {
    return static_cast<long>(socket.recv(zocalo::mutable_buffer(data)));
}

[[gnu::noinline]] int bare_accept(int fd, sockaddr_storage& peer) {
    socklen_t size = sizeof peer;
    return ::accept4(fd, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC);
}
[[gnu::noinline]] net::accepted zocalo_accept(net::socket& server) {
    return server.accept();
}

[[gnu::noinline]] int bare_connect(int fd, const net::endpoint& peer) {
    return ::connect(fd, reinterpret_cast<const sockaddr*>(peer.data()), peer.size());
}
[[gnu::noinline]] void zocalo_connect(net::socket& socket, const net::endpoint& peer) {
    socket.connect(peer);
}

}  // namespace measured

namespace {

void transfer_once(net::socket& here, net::socket& there) {
    message data{};
    require(measured::bare_send(here.fileno(), data) == long{data.size()});
    require(measured::bare_recv(there.fileno(), data) == long{data.size()});
    require(measured::zocalo_send(here, data) == long{data.size()});
    require(measured::zocalo_recv(there, data) == long{data.size()});
}

void connect_once(net::socket& server, const net::endpoint& where) {
    const net::socket bare{net::family::inet};
    require(measured::bare_connect(bare.fileno(), where) == 0);
    sockaddr_storage peer{};
    const zocalo::unique_fd accepted{measured::bare_accept(server.fileno(), peer)};
    require(static_cast<bool>(accepted));

    net::socket ours{net::family::inet};
    measured::zocalo_connect(ours, where);
    const auto [client, peer_of_ours] = measured::zocalo_accept(server);
    require(peer_of_ours == ours.local_endpoint());
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::stoi(argv[1]) : 1000;
    auto [here, there] = net::socket::pair();
    net::socket server{net::family::inet};
    server.bind({net::address::loopback_v4(), 0});
    server.listen();
    const net::endpoint where = server.local_endpoint();
    for (int i = 0; i < count; ++i) {
        transfer_once(here, there);
        connect_once(server, where);
    }
    std::cout << count << '\n';
}
