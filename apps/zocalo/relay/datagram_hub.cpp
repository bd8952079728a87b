// SPDX-License-Identifier: MIT
// All peers share one unconnected socket. A second, connected socket for each peer would take its
// datagrams only from the moment of its connect(2): what is queued before goes to the wrong one.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "relay/hub.hpp"
#include "relay/packet_link.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/acceptor.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t batch_size = 16;
constexpr std::size_t longest = 65536;
constexpr std::size_t control_size = 64;
/// Datagrams of one peer that wait for its reader; then all wait.
constexpr std::size_t queue_length = 256;
/// Errors in a row that may be peers who have gone. What goes on failing is asked less and less
/// often.
constexpr std::size_t harmless_failures = 64;

/// Somebody who has sent us something.
struct datagram_peer {
    net::endpoint address;
    std::optional<net::destination> asked_at;  ///< where answers come from
    std::shared_ptr<datagram_queue> received;
};

class datagram_server {
 public:
    datagram_server(hub& all, net::socket bound)
        : hub_(all), here_(bound.local_endpoint()), through_{prepared(std::move(bound))} {}

    io::task<> run() { return talks_.run(receive_until_over()); }

 private:
    static io::datagram prepared(net::socket bound) {
        if (bound.local_endpoint().is_inet()) receive_destination(bound);
        return io::datagram(std::move(bound));
    }

    io::task<> receive_until_over() { co_await io::any(receive(), over()); }

    io::task<> over() {
        if (hub_.options().keep) {
            co_await hub_.side().stop().wait();
        } else {
            co_await io::any(hub_.side().stop().wait(), gone_.wait());
        }
        while (!peers_.empty()) {
            gone_.reset();
            co_await gone_.wait();
        }
    }

    io::task<> receive() {
        auto pause = net::acceptor::shortest_pause;
        for (std::size_t failures = 0;;) {
            const bool received = co_await receive_some();
            if (!received) {
                if (++failures <= harmless_failures) continue;
                co_await io::sleep(pause);
                pause = std::min(2 * pause, net::acceptor::longest_pause);
                continue;
            }
            failures = 0;
            pause = net::acceptor::shortest_pause;
            for (std::size_t i = 0; i < batch_.size(); ++i)
                co_await hand_on(batch_.peer(i), batch_.control(i).destination(),
                                 std::string(batch_.data(i).text()));
        }
    }

    /// False when the kernel had an error for us: an answer that a peer did not want comes back as
    /// one of the shared socket, and says nothing of the others. Throws what no other try mends.
    io::task<bool> receive_some() {
        try {
            co_await through_.socket.receive_many(batch_);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            const bool is_lasting = error.code() == std::errc::bad_file_descriptor ||
                                    error.code() == std::errc::not_a_socket;
            if (is_lasting) throw;
            hub_.side().tell(2, error.what());
            co_return false;
        }
        co_return true;
    }

    io::task<> hand_on(net::endpoint from, std::optional<net::destination> asked_at,
                       std::string bytes) {
        const auto known = std::ranges::find_if(peers_, [&](const datagram_peer& each) {
            return each.address == from && each.asked_at == asked_at && !each.received->is_closed();
        });
        const auto queue = known == peers_.end() ? welcome(from, asked_at) : known->received;
        if (queue) co_await queue->send(std::move(bytes));
    }

    std::shared_ptr<datagram_queue> welcome(const net::endpoint& from,
                                            const std::optional<net::destination>& asked_at) {
        if (peers_.size() >= hub_.options().most || !hub_.admits(from)) {
            hub_.side().tell(2, fmt::format("passed over {}", from.to_string()));
            return nullptr;
        }
        hub_.side().tell(1, "connection from " + from.to_string());
        auto queue = std::make_shared<datagram_queue>(queue_length);
        peers_.push_back({from, asked_at, queue});
        talks_.spawn(talk(peers_.back()));
        return queue;
    }

    io::task<> talk(datagram_peer with) {
        io::stream link = open_peer(through_, with.address, with.asked_at, with.received);
        relay_rules these = rules();
        co_await hub_.converse(link, with.address, here_, std::move(these));
        std::erase_if(peers_,
                      [&](const datagram_peer& each) { return each.received == with.received; });
        gone_.set();
    }

    relay_rules rules() const {
        relay_rules rules = hub_.side().rules();
        rules.half_close = false;
        rules.in_packets = true;
        if (rules.idle.is_none() && hub_.options().keep) rules.idle = 60s;
        return rules;
    }

    hub& hub_;
    const net::endpoint here_;
    shared_socket through_;
    net::recv_batch batch_{batch_size, longest, control_size};
    std::vector<datagram_peer> peers_;
    io::event gone_;
    io::scope talks_;
};

}  // namespace

io::task<> serve_datagrams(hub& all, net::socket bound) {
    datagram_server server(all, std::move(bound));
    co_await server.run();
}

}  // namespace zocalo::program
