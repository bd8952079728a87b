// SPDX-License-Identifier: MIT
#include "sim/datagram_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/machine.hpp"
#include "sim/process.hpp"
#include "sim/stack.hpp"

namespace zocalo::sim::detail {

using io::detail::operation;

namespace {

/// What fits into an IPv4 packet with the headers of IP and UDP.
constexpr std::size_t longest_datagram = 65'507;

}  // namespace

int datagram_socket::open(process& of, net::endpoint where, const net::listen_options& options,
                          std::unique_ptr<datagram_socket>& made) {
    if (options.prepare || options.reuse_port) return -EOPNOTSUPP;
    if (!where.is_inet()) return -EAFNOSUPPORT;
    stack& in = *of.on().net;
    if (const int bound = in.bind_datagrams(where); bound < 0) return bound;
    const bool both = options.dual_stack && options.family != net::family::inet6;
    made.reset(new datagram_socket(of, in, where, both));
    in.add(*made, where);
    return 0;
}

int datagram_socket::connect(process& of, net::endpoint peer, net::endpoint local,
                             std::unique_ptr<datagram_socket>& made) {
    if (!peer.is_inet()) return -EAFNOSUPPORT;
    stack& in = *of.on().net;
    if (const int routed = in.route(peer, local); routed < 0) return routed;
    if (const int bound = in.bind_datagrams(local); bound < 0) return bound;
    made.reset(new datagram_socket(of, in, local, false));
    made->peer_ = peer;
    in.add(*made, local);
    return 0;
}

datagram_socket::~datagram_socket() {
    if (stack_ != nullptr) stack_->remove_datagrams(local_);
}

void datagram_socket::vanish() noexcept {
    stack_ = nullptr;
    waiting_.clear();
    waiting_bytes_ = 0;
}

int datagram_socket::shutdown(net::direction /*which*/) noexcept {
    return -ENOTCONN;
}

void datagram_socket::refused(const net::endpoint& by) {
    if (by != peer_) return;
    error_ = -ECONNREFUSED;
    retry();
}

void datagram_socket::arrive(packet&& what) {
    if (waiting_bytes_ + what.data.size() > stack_->in().options.receive_buffer) {
        return stack_->note("no room for the datagram of", what.from);
    }
    waiting_bytes_ += what.data.size();
    waiting_.push_back(std::move(what));
    retry();
}

packet datagram_socket::take_first() {
    packet first = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= first.data.size();
    stack_->note("receive a datagram from", first.from,
                 static_cast<std::int64_t>(first.data.size()));
    return first;
}

long datagram_socket::receive(io::detail::receive_packets_operation& what) {
    if (stack_ == nullptr) return -ECANCELED;
    if (const int error = take_error(); error < 0) return error;
    if (waiting_.empty()) return -EAGAIN;
    if (what.batch != nullptr) {
        what.batch->clear();
        while (!waiting_.empty() && what.batch->put(waiting_.front().data, waiting_.front().from))
            take_first();
        return static_cast<long>(what.batch->size());
    }
    const packet first = take_first();
    const std::size_t count = std::min(what.into.size(), first.data.size());
    std::memcpy(what.into.data(), first.data.data(), count);
    what.peer = first.from;
    return static_cast<long>(count);
}

int datagram_socket::send_one(const_buffer data, const net::endpoint& to) {
    if (!to.is_inet()) return to.size() == 0 ? -EDESTADDRREQ : -EAFNOSUPPORT;
    if (data.size() > longest_datagram) return -EMSGSIZE;
    return stack_->send_datagram(local_, to, data, to == peer_);
}

long datagram_socket::send(io::detail::send_packets_operation& what) {
    if (stack_ == nullptr) return -ECANCELED;
    if (const int error = take_error(); error < 0) return error;
    if (what.batch == nullptr) {
        return send_one(what.data, what.peer == nullptr ? peer_ : *what.peer);
    }
    for (; what.sent < what.batch->size(); ++what.sent) {
        const net::endpoint to = what.batch->peer(what.sent);
        const int sent = send_one(what.batch->data(what.sent), to.size() == 0 ? peer_ : to);
        if (sent < 0) return sent;
    }
    return 0;
}

bool datagram_socket::attempt(operation& what) {
    switch (what.asked) {
        case operation::verb::receive_packets:
            return finish(what, receive(static_cast<io::detail::receive_packets_operation&>(what)));
        case operation::verb::send_packets:
            return finish(what, send(static_cast<io::detail::send_packets_operation&>(what)));
        case operation::verb::ready: {
            using direction = io::detail::ready_operation::direction;
            const auto wanted = static_cast<io::detail::ready_operation&>(what).wanted;
            const bool ready = wanted == direction::write || !waiting_.empty() || error_ != 0;
            return finish(what, ready ? 0 : -EAGAIN);
        }
        default:
            return finish(what, -EOPNOTSUPP);
    }
}

}  // namespace zocalo::sim::detail
