// SPDX-License-Identifier: MIT
// Asks for one URL over and over with Boost.Beast: callbacks, so many connections that are kept.
#include <utility>  // for Boost.Asio 1.74, which does not include it

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../load.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

class connection {
 public:
    connection(asio::io_context& context, std::uint16_t port, std::string host, std::string target,
               bench::samples& samples)
        : stream_(context), samples_(samples) {
        stream_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
        stream_.socket().set_option(tcp::no_delay(true));
        request_ = {http::verb::get, target, 11};
        request_.set(http::field::host, host);
        request_.set(http::field::user_agent, "beast");
    }

    void ask(bench::clock_type::time_point until) {
        begun_ = bench::clock_type::now();
        if (begun_ >= until) return;
        until_ = until;
        http::async_write(stream_, request_, [this](beast::error_code error, std::size_t) {
            if (error) bench::die("write");
            read();
        });
    }

 private:
    void read() {
        response_ = {};
        http::async_read(stream_, buffer_, response_, [this](beast::error_code error, std::size_t) {
            if (error || response_.result() != http::status::ok) bench::die("read");
            samples_.add(begun_);
            ask(until_);
        });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    http::request<http::empty_body> request_;
    http::response<http::string_body> response_;
    bench::samples& samples_;
    bench::clock_type::time_point begun_;
    bench::clock_type::time_point until_;
};

class load {
 public:
    /// http://127.0.0.1:PORT/TARGET
    load(std::string_view url, std::size_t connections) : context_(1) {
        url.remove_prefix(std::string_view("http://").size());
        const std::string host(url.substr(0, url.find('/')));
        const std::string target(url.substr(host.size()));
        std::uint16_t port = 0;
        std::from_chars(host.data() + host.find(':') + 1, host.data() + host.size(), port);
        for (std::size_t i = 0; i < connections; ++i)
            all_.push_back(std::make_unique<connection>(context_, port, host, target, samples_));
    }

    void run_for(std::chrono::duration<double> time) {
        const auto until = bench::clock_type::now() +
                           std::chrono::duration_cast<bench::clock_type::duration>(time);
        for (const auto& each : all_)
            each->ask(until);
        context_.restart();
        context_.run();
    }
    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] static std::size_t depth() { return 1; }

 private:
    asio::io_context context_;
    bench::samples samples_;
    std::vector<std::unique_ptr<connection>> all_;
};

}  // namespace

/// beast_client URL --connections N --seconds S
int main(int argc, char** argv) {
    if (argc != 6) return 2;
    load load(argv[1], std::strtoul(argv[3], nullptr, 10));
    bench::drive(load, 0.3, std::strtod(argv[5], nullptr));
}
