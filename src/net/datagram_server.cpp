// SPDX-License-Identifier: MIT
#include <cerrno>

#include "net/fail.hpp"
#include "net/server_state.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/message.hpp"

namespace zocalo::net {

namespace {

class datagram_source : public request_source {
 public:
    datagram_source(server_core& core, socket bound, datagram_service service)
        : core_(core),
          socket_(std::move(bound)),
          service_(std::move(service)),
          buffer_(core.options.limits.datagram, '\0') {
        socket_.set_timeout(core.options.limits.idle);  // for replies; receiving never waits
        socket_.stop_with(core.end_of_waits());
        // What was asked at one of several addresses is answered from there, or the peer would take
        // the answer for a stranger's.
        if (socket_.local_endpoint().is_inet()) receive_destination(socket_);
    }

    int fileno() const noexcept override { return socket_.fileno(); }
    std::unique_ptr<job> next() override;
    void close() noexcept override {}  // handlers that are not done need it for their replies

    timeout pause() const noexcept override { return timeout::zero(); }
    void begin_pause() noexcept override { ++exhausted_; }  // the datagram is lost, and costs time
    void end_pause() noexcept override {}
    std::uint64_t exhausted() const noexcept override { return exhausted_; }

    bool serve(datagram_request& request) noexcept;

 private:
    server_core& core_;
    socket socket_;
    const datagram_service service_;
    std::string buffer_;
    incoming_control control_;
    std::atomic<std::uint64_t> exhausted_{0};
};

class datagram_job : public job {
 public:
    datagram_job(datagram_source& source, admission::place taken, datagram_request request)
        : job(std::move(taken)), source_(source), request_(std::move(request)) {}

    bool run() noexcept override { return source_.serve(request_); }

 private:
    datagram_source& source_;
    datagram_request request_;
};

std::unique_ptr<job> datagram_source::next() {
    std::error_code error;
    const auto [size, flags, peer] = socket_.try_recv_msg({.data = buffer_, .control = &control_},
                                                          error, message_flag::dont_wait);
    if (error == std::errc::bad_file_descriptor || error == std::errc::not_a_socket) {
        fail("recv_msg", socket_, error.value());
    }
    if (error) return nullptr;  // nothing there, or news about an earlier reply (ECONNREFUSED)
    ++core_.accepted;
    if (has(flags, message_flag::trunc) || !core_.verified(peer)) {
        ++core_.refused;
        return nullptr;
    }
    auto place = core_.admitted.enter(endpoint());  // senders may be forged: nobody has a share
    return std::make_unique<datagram_job>(
        *this, *std::move(place),
        datagram_request(buffer_.substr(0, size), peer, control_.destination(), socket_,
                         core_.stopping, core_.options.limits.amplification));
}

bool datagram_source::serve(datagram_request& request) noexcept {
    try {
        service_(request);
        return true;
    } catch (const stopped&) {
        return true;
    } catch (...) {
        core_.report(request.peer(), std::current_exception());
        return false;
    }
}

/// What a datagram of IP carries beside its data: the IP header and UDP's.
std::size_t headers_for(const endpoint& peer) {
    return peer.ip().unmapped().is_v4() ? 28 : 48;
}

}  // namespace

datagram_request::datagram_request(std::string packet, const endpoint& peer,
                                   const std::optional<destination>& came_to, net::socket& server,
                                   const stop_condition& stop, unsigned amplification)
    : packet_(std::move(packet)),
      peer_(peer),
      came_to_(came_to),
      server_(server),
      stop_(stop),
      limited_(amplification > 0 && peer.is_inet()) {
    if (limited_) budget_ = (packet_.size() + headers_for(peer)) * amplification;
}

endpoint datagram_request::local() const {
    const endpoint bound = server_.local_endpoint();
    return came_to_ ? endpoint(came_to_->ip, bound.port()) : bound;
}

void datagram_request::reply(const_buffer data) {
    if (limited_) {
        const std::size_t cost = data.size() + headers_for(peer_);
        if (cost > budget_) {
            fail("reply with " + std::to_string(data.size()) + " bytes to " +
                     std::to_string(packet_.size()) + " from " + peer_.to_string() +
                     ", more than the limit `amplification` allows",
                 EMSGSIZE);
        }
        budget_ -= cost;
    }
    send_reply(server_, data, peer_, came_to_);
}

datagram_server::datagram_server(socket bound, datagram_service service, server_options options)
    : server([&] {
          auto made = std::make_unique<state>(std::move(options), concurrency::in_turn);
          made->local = bound.local_endpoint();
          made->source =
              std::make_unique<datagram_source>(made->core, std::move(bound), std::move(service));
          return made;
      }()) {}

}  // namespace zocalo::net
