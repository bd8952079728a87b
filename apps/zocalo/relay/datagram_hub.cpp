// SPDX-License-Identifier: MIT
// All peers share one unconnected socket. A second, connected socket for each peer would take its
// datagrams only from the moment of its connect(2): what is queued before goes to the wrong one.
#include <fmt/core.h>

#include <algorithm>

#include "relay/hub.hpp"
#include "relay/traffic_log.hpp"
#include "zocalo/net/message.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

class datagram_hub final : public hub {
 public:
    datagram_hub(net::socket socket, const link_options& link, const hub_options& options,
                 const context& shared)
        : hub(link, options, shared), socket_(std::move(socket)) {
        socket_.set_timeout(timeout::zero());
        scratch_.resize(65536);
        if (socket_.local_endpoint().is_inet()) receive_destination(socket_);
    }

 private:
    net::socket& listener() override { return socket_; }

    void watch_arrivals(poll_set& set) override {
        const auto has_room = [](const auto& client) {
            return client->relay->incoming().has_room();
        };
        index_ = poll_set::none;
        if (std::ranges::all_of(clients_, has_room)) index_ = set.add(socket_.fileno(), POLLIN);
    }

    void take_arrivals(const poll_set& set) override {
        if (!set.ready(index_)) return;
        try {
            const auto came = socket_.recv_msg({.data = scratch_, .control = &control_});
            hand_to(came.peer, scratch_.substr(0, came.size));
        } catch (const std::system_error& error) {
            // An answer that a peer did not want comes back as an error of the shared socket.
            tell(2, error.what());
        }
    }

    void hand_to(const net::endpoint& peer, std::string bytes) {
        const auto asked_at = control_.destination();
        const auto found = std::ranges::find_if(clients_, [&](const auto& client) {
            return client->peer == peer && client->asked_at == asked_at;
        });
        conversation* client = found == clients_.end() ? nullptr : found->get();
        if (client == nullptr && (is_full() || is_closed())) {
            tell(2, fmt::format("passed over {}", peer.to_string()));
            return;
        }
        if (client == nullptr) client = welcome({.peer = peer, .asked_at = asked_at});
        if (client == nullptr) return;
        if (log_) log_->received(bytes);
        client->relay->incoming().push(std::move(bytes));
        client->relay->touch();
    }

    relay_rules rules() const override {
        relay_rules rules = hub::rules();
        rules.half_close = false;
        rules.end_with_peer = false;
        if (rules.idle.is_none() && options_.keep) rules.idle = 60s;
        return rules;
    }

    std::unique_ptr<channel> link_to(conversation& client) override {
        return std::make_unique<peer_channel>(socket_, client.peer, client.asked_at, log_.get());
    }

    net::socket socket_;
    std::string scratch_;
    net::incoming_control control_;
    std::size_t index_ = poll_set::none;
};

}  // namespace

std::unique_ptr<hub> make_datagram_hub(net::socket bound, const link_options& link,
                                       const hub_options& options, const context& shared) {
    return std::make_unique<datagram_hub>(std::move(bound), link, options, shared);
}

}  // namespace zocalo::program
