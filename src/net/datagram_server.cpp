// SPDX-License-Identifier: MIT
#include <cerrno>

#include "net/fail.hpp"
#include "net/server_state.hpp"
#include "sys/socket.hpp"

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
    endpoint peer;
    socklen_t peer_size = endpoint::capacity;
    // MSG_TRUNC: the real size, even where it does not fit.
    const long size = sys::recvfrom(socket_.fileno(), buffer_.data(), buffer_.size(),
                                    MSG_TRUNC | MSG_DONTWAIT, peer.data(), &peer_size);
    if (size == -EBADF || size == -ENOTSOCK) fail("recv_from", socket_, size);
    if (size < 0) return nullptr;  // nothing there, or news about an earlier reply (ECONNREFUSED)
    peer.resize(peer_size);
    ++core_.accepted;
    if (static_cast<std::size_t>(size) > buffer_.size() || !core_.verified(peer)) {
        ++core_.refused;
        return nullptr;
    }
    auto place = core_.admitted.enter(endpoint());  // senders may be forged: nobody has a share
    return std::make_unique<datagram_job>(
        *this, *std::move(place),
        datagram_request(buffer_.substr(0, static_cast<std::size_t>(size)), peer, socket_,
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

datagram_request::datagram_request(std::string packet, const endpoint& peer, net::socket& server,
                                   const stop_condition& stop, unsigned amplification)
    : packet_(std::move(packet)),
      peer_(peer),
      server_(server),
      stop_(stop),
      limited_(amplification > 0 && peer.is_inet()) {
    if (limited_) budget_ = (packet_.size() + headers_for(peer)) * amplification;
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
    server_.send_to(data, peer_);
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
