// SPDX-License-Identifier: MIT
// The echo server as Asio's users write it with callbacks; with --udp the datagram kind.
#include <array>
#include <asio.hpp>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>

using asio::ip::tcp;
using asio::ip::udp;

namespace {

class session : public std::enable_shared_from_this<session> {
 public:
    explicit session(tcp::socket peer) : peer_(std::move(peer)) {}
    void read() {
        peer_.async_read_some(
            asio::buffer(room_),
            [self = shared_from_this()](const std::error_code& error, std::size_t size) {
                if (!error) self->write(size);
            });
    }

 private:
    void write(std::size_t size) {
        asio::async_write(peer_, asio::buffer(room_, size),
                          [self = shared_from_this()](const std::error_code& error, std::size_t) {
                              if (!error) self->read();
                          });
    }
    tcp::socket peer_;
    std::array<char, 65536> room_;
};

void accept_next(tcp::acceptor& from) {
    from.async_accept([&from](const std::error_code& error, tcp::socket peer) {
        if (!error) {
            peer.set_option(tcp::no_delay(true));
            std::make_shared<session>(std::move(peer))->read();
        }
        accept_next(from);
    });
}

class datagrams {
 public:
    explicit datagrams(udp::socket& on) : on_(on) {}
    void receive() {
        on_.async_receive_from(asio::buffer(room_), peer_,
                               [this](const std::error_code& error, std::size_t size) {
                                   if (error) return receive();
                                   send(size);
                               });
    }

 private:
    void send(std::size_t size) {
        on_.async_send_to(asio::buffer(room_, size), peer_,
                          [this](const std::error_code&, std::size_t) { receive(); });
    }
    udp::socket& on_;
    udp::endpoint peer_;
    std::array<char, 65536> room_{};
};

}  // namespace

int main(int argc, char** argv) {
    asio::io_context context(1);
    const auto here = asio::ip::address_v4::loopback();
    if (argc > 1 && std::strcmp(argv[1], "--udp") == 0) {
        udp::socket socket(context, udp::endpoint(here, 0));
        std::cout << "listening on " << socket.local_endpoint() << " with Asio" << std::endl;
        datagrams server(socket);
        server.receive();
        context.run();
    }
    tcp::acceptor acceptor(context, tcp::endpoint(here, 0));
    acceptor.listen(4096);
    std::cout << "listening on " << acceptor.local_endpoint() << " with Asio" << std::endl;
    accept_next(acceptor);
    context.run();
}
