// SPDX-License-Identifier: MIT
// Uses every room once: two sockets that talk, a name with a library behind it.
#include <iostream>
#include <zocalo/core/escape.hpp>
#include <zocalo/net/resolve.hpp>
#include <zocalo/net/socket.hpp>

int main() {
    using namespace zocalo;
    auto [here, there] = net::socket::pair();
    here.send_all("hello");
    std::cout << there.recv(16) << ' ' << quoted("a\nb") << ' '
              << net::endpoint(net::address::parse("::1"), 80) << ' '
              << net::getaddrinfo("127.0.0.1", "80").front().endpoint << '\n';
}
