// SPDX-License-Identifier: MIT
#include "relay/hub.hpp"
#include "relay/traffic_log.hpp"
#include "zocalo/net/acceptor.hpp"

namespace zocalo::program {

namespace {

class stream_hub final : public hub {
 public:
    stream_hub(net::socket socket, const link_options& link, const hub_options& options,
               const context& shared)
        : hub(link, options, shared), acceptor_(std::move(socket)) {
        listener().set_timeout(timeout::zero());
    }

 private:
    net::socket& listener() override { return acceptor_.listener(); }

    void watch_arrivals(poll_set& set) override {
        index_ = poll_set::none;
        if (is_full() || is_closed()) return;
        if (acceptor_.pause().is_zero()) index_ = set.add(listener().fileno(), POLLIN);
    }

    void take_arrivals(const poll_set& set) override {
        if (!set.ready(index_)) return;
        index_ = poll_set::none;
        std::error_code error;
        auto arrived = acceptor_.try_accept(error);
        if (arrived) welcome({.peer = arrived->peer, .socket = std::move(arrived->client)});
    }

    /// Whoever comes now is refused at once, and does not wait in a queue for ever.
    void close_arrivals() override { listener().close(); }

    timeout arrival_pause() const override {
        const timeout pause = acceptor_.pause();
        return pause.is_zero() ? timeout::none() : pause;
    }

    std::unique_ptr<channel> link_to(conversation& client) override {
        if (client.tunnel != nullptr) {
            return std::make_unique<tunnel_channel>(client.socket, log_.get(), *client.tunnel);
        }
        return std::make_unique<socket_channel>(client.socket, log_.get());
    }

    net::acceptor acceptor_;
    std::size_t index_ = poll_set::none;
};

}  // namespace

std::unique_ptr<hub> make_stream_hub(net::socket listener, const link_options& link,
                                     const hub_options& options, const context& shared) {
    return std::make_unique<stream_hub>(std::move(listener), link, options, shared);
}

}  // namespace zocalo::program
