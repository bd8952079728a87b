// SPDX-License-Identifier: MIT
// The part of a host's network that knows datagrams.
#include <cerrno>
#include <utility>

#include "sim/datagram_socket.hpp"
#include "sim/machine.hpp"
#include "sim/stack.hpp"

namespace zocalo::sim::detail {

int stack::bind_datagrams(net::endpoint& where) {
    return bind(where, [this](const net::endpoint& wanted) { return datagrams_.collides(wanted); });
}

void stack::add(datagram_socket& who, const net::endpoint& where) {
    datagrams_.add(where, who);
    note("take datagrams at", where);
}

void stack::remove_datagrams(const net::endpoint& where) {
    datagrams_.remove(where);
}

int stack::send_datagram(const net::endpoint& local, const net::endpoint& to, const_buffer data,
                         bool is_connected) {
    packet made;
    made.is_datagram = true;
    made.wants_refusal = is_connected;
    made.from = local;
    made.to = to;
    if (local.ip().is_unspecified()) {
        made.from = source_for(to).with_port(local.port());
        if (made.from.size() == 0) return -ENETUNREACH;
    } else if (local.family() != to.family()) {
        return -EAFNOSUPPORT;
    }
    made.data = data.text();
    note("send a datagram to", to, static_cast<std::int64_t>(data.size()));
    send(std::move(made));
    return 0;
}

void stack::receive_datagram(packet&& what) {
    datagram_socket* const to = datagrams_.find(what.to);
    if (what.is_refusal) {
        if (to != nullptr) to->refused(what.from);
        return;
    }
    if (to == nullptr || !to->takes_from(what.from)) return refuse_datagram(what);
    to->arrive(std::move(what));
}

/// A port where nobody is answers with ICMP, of which only connected sockets are told: for others
/// there is none here.
void stack::refuse_datagram(const packet& what) {
    note("nobody here for the datagram of", what.from);
    if (!what.wants_refusal) return;
    packet reply;
    reply.is_datagram = true;
    reply.is_refusal = true;
    reply.from = what.to;
    reply.to = what.from;
    send(std::move(reply));
}

}  // namespace zocalo::sim::detail
