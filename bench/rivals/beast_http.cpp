// SPDX-License-Identifier: MIT
// The small response as Boost.Beast's users write it: callbacks, a parser for each request.
#include <utility>  // for Boost.Asio 1.74, which does not include it

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <iostream>
#include <memory>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

class session : public std::enable_shared_from_this<session> {
 public:
    explicit session(tcp::socket peer) : stream_(std::move(peer)) {}

    void read() {
        request_ = {};
        http::async_read(stream_, buffer_, request_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) self->answer();
                         });
    }

 private:
    void answer() {
        response_ = {http::status::ok, request_.version()};
        response_.set(http::field::content_type, "text/plain; charset=utf-8");
        response_.keep_alive(request_.keep_alive());
        response_.body() = "Hello, World!";
        response_.prepare_payload();
        http::async_write(stream_, response_,
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error && self->response_.keep_alive()) self->read();
                          });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

void accept(tcp::acceptor& from) {
    from.async_accept([&from](beast::error_code error, tcp::socket peer) {
        if (!error) {
            peer.set_option(tcp::no_delay(true));
            std::make_shared<session>(std::move(peer))->read();
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
