// SPDX-License-Identifier: MIT
// The echo server as Asio's users write it with coroutines.
#include <array>
#include <asio.hpp>
#include <cstdlib>
#include <iostream>

using asio::ip::tcp;

namespace {

asio::awaitable<void> echo(tcp::socket peer) {
    try {
        std::array<char, 65536> room;
        for (;;) {
            const std::size_t size =
                co_await peer.async_read_some(asio::buffer(room), asio::use_awaitable);
            co_await asio::async_write(peer, asio::buffer(room, size), asio::use_awaitable);
        }
    } catch (const std::exception&) {  // the end of the stream
    }
}

asio::awaitable<void> accept_all(tcp::acceptor& from) {
    for (;;) {
        tcp::socket peer = co_await from.async_accept(asio::use_awaitable);
        peer.set_option(tcp::no_delay(true));
        asio::co_spawn(from.get_executor(), echo(std::move(peer)), asio::detached);
    }
}

}  // namespace

int main() {
    asio::io_context context(1);
    tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    acceptor.listen(4096);
    std::cout << "listening on " << acceptor.local_endpoint() << " with Asio" << std::endl;
    asio::co_spawn(context, accept_all(acceptor), asio::detached);
    context.run();
}
