// SPDX-License-Identifier: MIT
#include "sim/stack.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sim/datagram_socket.hpp"
#include "sim/listening_socket.hpp"
#include "sim/machine.hpp"

namespace zocalo::sim::detail {

namespace {

// Linux' range (net.ipv4.ip_local_port_range).
constexpr std::uint16_t first_free_port = 32768;
constexpr std::uint16_t last_free_port = 60999;

}  // namespace

stack::~stack() {
    vanish();
}

void stack::vanish() noexcept {
    for (auto& [ends, each] : connections_)
        each->vanish();
    connections_.clear();
    for (const auto& [where, each] : listeners_)
        each->vanish();
    listeners_.clear();
    for (const auto& [where, each] : datagrams_)
        each->vanish();
    datagrams_.clear();
}

bool stack::is_mine(const net::endpoint& where) const {
    if (!where.is_inet()) return where.family() == net::family::local;
    return is_any(where) || where.ip().is_loopback() || machine_.has(where.ip());
}

bool stack::is_connected_at(std::uint16_t port) const {
    return std::any_of(connections_.begin(), connections_.end(), [&](const auto& each) {
        const net::endpoint& local = each.first.first;
        return local.is_inet() && local.port() == port;
    });
}

std::uint16_t stack::free_port(const net::endpoint& at, const taken& is_taken) {
    constexpr std::uint32_t count = last_free_port - first_free_port + 1;
    const std::uint64_t start = universe_.chance.below(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(first_free_port + (start + i) % count);
        if (!is_taken(at.with_port(port))) return port;
    }
    return 0;
}

int stack::bind(net::endpoint& where, const taken& is_taken) {
    if (where.size() == 0) return -EINVAL;
    if (!is_mine(where)) return where.is_inet() ? -EADDRNOTAVAIL : -EAFNOSUPPORT;
    if (where.is_inet() && where.port() == 0) {
        const std::uint16_t port = free_port(where, is_taken);
        if (port == 0) return -EADDRINUSE;
        where = where.with_port(port);
        return 0;
    }
    return is_taken(where) ? -EADDRINUSE : 0;
}

/// Connections keep a port from those only who do not reuse it; a port that is chosen is free.
int stack::bind_streams(net::endpoint& where, bool reuse_address) {
    const bool chosen = where.is_inet() && where.port() == 0;
    return bind(where, [&](const net::endpoint& wanted) {
        if (listeners_.collides(wanted)) return true;
        return (chosen || !reuse_address) && wanted.is_inet() && is_connected_at(wanted.port());
    });
}

void stack::listen(listening_socket& who, const net::endpoint& where) {
    listeners_.add(where, who);
    note("listen on", where);
}

void stack::stop_listening(const net::endpoint& where) {
    listeners_.remove(where);
}

/// What the kernel's routes would say: of the peer's family, and the host itself by itself.
net::endpoint stack::source_for(const net::endpoint& to) const {
    const net::address ip = to.ip();
    if (ip.is_loopback() || machine_.has(ip)) return {ip, 0};
    for (const net::address& each : machine_.addresses) {
        if (each.is_v6() == ip.is_v6()) return {each, 0};
    }
    return {};
}

int stack::route(net::endpoint& to, net::endpoint& local) const {
    if (is_any(to)) {
        to = {to.ip().is_v6() ? net::address::loopback_v6() : net::address::loopback_v4(),
              to.port()};
    }
    if (local.size() != 0 && !is_any(local)) return 0;
    const std::uint16_t wanted = local.size() == 0 ? std::uint16_t{0} : local.port();
    local = source_for(to);
    if (local.size() == 0) return -ENETUNREACH;
    local = local.with_port(wanted);
    return 0;
}

int stack::connect(net::endpoint to, net::endpoint local, std::shared_ptr<connection>& made) {
    if (to.is_inet()) {
        if (const int routed = route(to, local); routed < 0) return routed;
        if (const int bound = bind_streams(local, true); bound < 0) return bound;
    } else {
        if (to.family() != net::family::local) return -EAFNOSUPPORT;
        if (!listeners_.contains(to)) return to.is_abstract() ? -ECONNREFUSED : -ENOENT;
        local = net::endpoint::abstract("unnamed " + std::to_string(++unnamed_));
    }
    const two_ends both{local, to};
    if (connections_.contains(both)) return -EADDRNOTAVAIL;
    made = std::make_shared<connection>(*this, local, to);
    connections_.emplace(both, made);
    made->connect();
    return 0;
}

std::pair<std::shared_ptr<connection>, std::shared_ptr<connection>> stack::make_pair() {
    const std::string number = std::to_string(++unnamed_);
    const auto left = net::endpoint::abstract("left " + number);
    const auto right = net::endpoint::abstract("right " + number);
    auto one = std::make_shared<connection>(*this, left, right);
    auto other = std::make_shared<connection>(*this, right, left);
    connections_.emplace(two_ends{left, right}, one);
    connections_.emplace(two_ends{right, left}, other);
    one->join(*other);
    other->join(*one);
    return {std::move(one), std::move(other)};
}

void stack::send(packet&& what) {
    universe_.net.send(machine_, std::move(what));
}

void stack::remove(connection& which) {
    connections_.erase({which.local(), which.remote()});
}

void stack::after(nanoseconds span, std::function<void()> what, event_queue::kind which) {
    universe_.events.add(universe_.now + span, std::move(what), which);
}

void stack::note(const char* what, const net::endpoint& peer, std::int64_t bytes) {
    universe_.note(&machine_.name, what, peer, bytes);
}

void stack::receive(packet&& what) {
    if (what.is_datagram) return receive_datagram(std::move(what));
    const auto known = connections_.find({what.to, what.from});
    if (known != connections_.end()) {
        const auto kept = known->second;
        return kept->arrive(std::move(what));
    }
    if (what.rst) return;
    listening_socket* const listener =
        what.syn && !what.has_ack ? listeners_.find(what.to) : nullptr;
    if (listener == nullptr) return refuse(what);
    if (listener->is_full()) return note("backlog is full, dropped the call of", what.from);
    answer(what, *listener);
}

void stack::answer(const packet& syn, listening_socket& listener) {
    auto made = std::make_shared<connection>(*this, syn.to, syn.from);
    connections_.emplace(two_ends{syn.to, syn.from}, made);
    listener.add(made);
    made->answer(syn, listener);
}

/// RFC 9293 §3.10.7.1.
void stack::refuse(const packet& what) {
    note("nobody here for", what.from);
    packet reply;
    reply.from = what.to;
    reply.to = what.from;
    reply.rst = true;
    reply.seq = what.has_ack ? what.ack : 0;
    reply.has_ack = !what.has_ack;
    reply.ack = what.end();
    send(std::move(reply));
}

void stack::reset_connections_with(const machine& peer) {
    std::vector<std::shared_ptr<connection>> chosen;
    for (const auto& [ends, each] : connections_) {
        if (ends.second.is_inet() && peer.has(ends.second.ip())) chosen.push_back(each);
    }
    for (const auto& each : chosen)
        each->reset();
}

}  // namespace zocalo::sim::detail
