// SPDX-License-Identifier: MIT
#include "http/http2_tunnel.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "zocalo/io/chunk.hpp"
#include "zocalo/io/transport.hpp"

namespace zocalo::http::detail {

namespace {

/// A stream that waits has no memory: a chunk is taken when bytes are there.
class tunnel_transport final : public io::transport {
 public:
    explicit tunnel_transport(std::unique_ptr<http2_tunnel> over) noexcept
        : over_(std::move(over)) {}

    io::task<io::chunk> read() override {
        io::task<> waiting = over_->wait();
        co_await std::move(waiting);
        io::chunk came(io::detail::take_buffer(), io::detail::chunk_size);
        std::byte* const memory = const_cast<std::byte*>(came.data());  // NOLINT: it is ours
        came.shrink(over_->take(mutable_buffer(memory, came.size())));
        if (came.empty()) came.release();
        co_return came;
    }
    io::task<std::size_t> read_some(mutable_buffer into) override {
        if (into.empty()) co_return 0;
        io::task<> waiting = over_->wait();
        co_await std::move(waiting);
        co_return over_->take(into);
    }
    io::task<> write(std::span<const const_buffer> pieces) override {
        for (const const_buffer each : pieces) {
            io::task<> writing = over_->write(each);
            co_await std::move(writing);
        }
    }
    io::task<> finish() override { return over_->finish(); }

    net::endpoint local_endpoint() const override { return over_->local_endpoint(); }
    net::endpoint peer_endpoint() const override { return over_->peer_endpoint(); }

 private:
    std::unique_ptr<http2_tunnel> over_;
};

}  // namespace

io::stream make_stream(std::unique_ptr<http2_tunnel> over) {
    return io::stream(std::make_unique<tunnel_transport>(std::move(over)));
}

std::size_t copy_some(const_buffer from, mutable_buffer into) noexcept {
    const std::size_t size = std::min(from.size(), into.size());
    if (size != 0) std::memcpy(into.data(), from.data(), size);
    return size;
}

}  // namespace zocalo::http::detail
