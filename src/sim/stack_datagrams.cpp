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

int stack::send_datagram(const net::endpoint& local, const net::endpoint& to, const_buffer data) {
    packet made;
    made.is_datagram = true;
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

/// A port where nobody is answers with ICMP, of which only connected sockets are told.
void stack::receive_datagram(packet&& what) {
    datagram_socket* const to = datagrams_.find(what.to);
    if (to == nullptr) return note("nobody here for the datagram of", what.from);
    to->arrive(std::move(what));
}

}  // namespace zocalo::sim::detail
