// SPDX-License-Identifier: MIT
#include "http/client/taken_over.hpp"

#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/client/http2_line.hpp"
#include "http/http2_tunnel.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

namespace {

class taken_over final : public http2_tunnel {
 public:
    explicit taken_over(connection_pool::lease from) noexcept
        : from_(std::move(from)), line_(static_cast<http2_line&>(*from_.made->line)) {}
    ~taken_over() override { from_.give_back(used_); }

    io::task<> wait() override {
        io::task<> waiting = line_.wait_for_bytes();
        co_await std::move(waiting);
        used_ = co_await io::now();
    }
    std::size_t take(mutable_buffer into) override { return line_.take_bytes(into); }
    io::task<> write(const_buffer data) override { return line_.write_bytes(data); }
    io::task<> finish() override {
        line_.end({});
        io::task<> sending = line_.flush();
        co_await std::move(sending);
        used_ = co_await io::now();
    }
    net::endpoint local_endpoint() const override { return line_.local(); }
    net::endpoint peer_endpoint() const override { return line_.peer(); }

 private:
    connection_pool::lease from_;
    http2_line& line_;
    io::time_point used_ = {};  ///< when something came last
};

}  // namespace

io::stream take_over_stream(connection_pool::lease from) {
    const auto& line = static_cast<const http2_line&>(*from.made->line);
    if (!line.is_tunnel()) throw std::logic_error("HTTP/2: the stream is no other protocol's");
    return make_stream(std::make_unique<taken_over>(std::move(from)));
}

}  // namespace zocalo::http::detail
