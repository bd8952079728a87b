// SPDX-License-Identifier: MIT
#include "relay/packet_link.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "zocalo/io/transport.hpp"
#include "zocalo/net/batch.hpp"

namespace zocalo::program {

namespace {

class packet_link : public io::transport {
 public:
    io::task<std::size_t> read_some(mutable_buffer) override {
        throw std::logic_error("packet_link: messages are read whole");
    }
    io::task<> write(std::span<const const_buffer> pieces) override {
        for (const const_buffer& each : pieces)
            co_await send(each);
    }
    io::task<> finish() override { co_return; }

 private:
    virtual io::task<> send(const_buffer message) = 0;
};

/// A chunk has room for the longest datagram.
class connected_link : public packet_link {
 public:
    connected_link(net::socket connected, bool has_end)
        : peer_(connected.peer_endpoint()), socket_(std::move(connected)), has_end_(has_end) {}

    io::task<io::chunk> read() override {
        std::byte* const room = io::detail::take_buffer();
        io::chunk message(room, io::detail::chunk_size);
        for (;;) {
            const net::received got =
                co_await socket_.receive_from(mutable_buffer(room, io::detail::chunk_size));
            if (got.size == 0 && !has_end_) continue;
            message.shrink(got.size);
            co_return message;
        }
    }
    io::task<> finish() override {
        if (has_end_) socket_.socket().shutdown(net::direction::write);
        co_return;
    }
    [[nodiscard]] net::endpoint local_endpoint() const override { return socket_.local_endpoint(); }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return peer_; }

 private:
    io::task<> send(const_buffer message) override { co_await socket_.send(message); }

    const net::endpoint peer_;
    io::datagram socket_;
    const bool has_end_;
};

class peer_link final : public packet_link {
 public:
    peer_link(shared_socket& through, const net::endpoint& peer,
              const std::optional<net::destination>& asked_at,
              std::shared_ptr<datagram_queue> received)
        : through_(through), peer_(peer), received_(std::move(received)) {
        if (asked_at) from_.source(*asked_at);
    }
    peer_link(const peer_link&) = delete;
    peer_link& operator=(const peer_link&) = delete;
    ~peer_link() override { received_->close(); }

    io::task<io::chunk> read() override {
        for (;;) {
            const std::optional<std::string> message = co_await received_->receive();
            if (!message) co_return io::chunk();
            if (message->empty()) continue;
            std::byte* const room = io::detail::take_buffer();
            std::memcpy(room, message->data(), message->size());
            co_return io::chunk(room, message->size());
        }
    }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return peer_; }

 private:
    io::task<> send(const_buffer message) override {
        const auto turn = co_await through_.sending.lock();
        batch_.clear();
        batch_.add(message, peer_, from_);
        co_await through_.socket.send_many(batch_);
    }

    shared_socket& through_;
    const net::endpoint peer_;
    net::outgoing_control from_;
    net::send_batch batch_{1};
    std::shared_ptr<datagram_queue> received_;
};

}  // namespace

io::stream open_datagrams(net::socket connected) {
    return io::stream(std::make_unique<connected_link>(std::move(connected), false));
}

io::stream open_records(net::socket connected) {
    return io::stream(std::make_unique<connected_link>(std::move(connected), true));
}

io::stream open_peer(shared_socket& through, const net::endpoint& peer,
                     const std::optional<net::destination>& asked_at,
                     std::shared_ptr<datagram_queue> received) {
    return io::stream(std::make_unique<peer_link>(through, peer, asked_at, std::move(received)));
}

}  // namespace zocalo::program
