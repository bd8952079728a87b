// SPDX-License-Identifier: MIT
// Sends each message of a WebSocket back, as Boost.Beast's example of a server does.
#include <utility>  // for Boost.Asio 1.74, which does not include it

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <iostream>
#include <memory>

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

class session : public std::enable_shared_from_this<session> {
 public:
    explicit session(tcp::socket peer) : peer_(std::move(peer)) {
        using limits = beast::websocket::stream_base::timeout;
        peer_.set_option(limits::suggested(beast::role_type::server));
        peer_.auto_fragment(false);  // one frame for a message, as the others do it
    }

    void accept() {
        peer_.async_accept([self = shared_from_this()](beast::error_code error) {
            if (!error) self->read();
        });
    }

 private:
    void read() {
        peer_.async_read(buffer_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) self->answer();
                         });
    }
    void answer() {
        peer_.text(peer_.got_text());
        peer_.async_write(buffer_.data(),
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (error) return;
                              self->buffer_.consume(self->buffer_.size());
                              self->read();
                          });
    }

    beast::websocket::stream<beast::tcp_stream> peer_;
    beast::flat_buffer buffer_;
};

void accept(tcp::acceptor& from) {
    from.async_accept([&from](beast::error_code error, tcp::socket peer) {
        if (!error) {
            peer.set_option(tcp::no_delay(true));
            std::make_shared<session>(std::move(peer))->accept();
        }
        accept(from);
    });
}

}  // namespace

int main() {
    asio::io_context context(1);
    tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    acceptor.listen(4096);
    std::cout << "listening on " << acceptor.local_endpoint() << " with Beast" << std::endl;
    accept(acceptor);
    context.run();
}
