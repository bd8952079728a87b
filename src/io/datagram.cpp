// SPDX-License-Identifier: MIT
#include "zocalo/io/datagram.hpp"

#include <cerrno>
#include <stdexcept>

#include "io/backend/packet_descriptor.hpp"
#include "io/fault_injector.hpp"
#include "io/here.hpp"
#include "net/fail.hpp"

namespace zocalo::io {

namespace detail {

bool packets_operation::prepare(fiber& in, std::coroutine_handle<> who) {
    on = through_;
    if (on != nullptr) on->must_be_of(in.engine());
    if (!enlist(in, who)) return false;
    if (on != nullptr) return true;
    result = -EBADF;
    return false;
}

void packets_operation::fail(const char* what_with_peer, const char* what) const {
    if (on == nullptr) net::fail(what, result);
    const net::endpoint peer = on->peer_endpoint();
    if (peer.size() != 0) net::fail(what_with_peer, peer, result);
    net::fail(what, on->local_endpoint(), result);
}

bool receive_packets_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::receive_datagrams, through_)) {
        by_task_ = receive_wrongly(*through_, batch, into, *wrong);
        return by_task_.begin(in, who);
    }
    return prepare(in, who) && in.engine().receive_packets(*this);
}

std::size_t receive_batch_operation::finish() {
    if (by_task_.is_started()) return by_task_.take().size;
    if (result < 0) fail("receive datagrams from", "receive datagrams on");
    return batch->size();
}

net::received receive_from_operation::finish() {
    if (by_task_.is_started()) return by_task_.take();
    if (result < 0) fail("receive a datagram from", "receive a datagram on");
    return {static_cast<std::size_t>(result), peer};
}

bool send_packets_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::send_datagrams, through_)) {
        by_task_ = send_wrongly(*through_, batch, data, peer, *wrong);
        return by_task_.begin(in, who);
    }
    return prepare(in, who) && in.engine().send_packets(*this);
}

void send_packets_operation::finish() {
    if (by_task_.is_started()) return by_task_.take();
    if (result >= 0) return;
    if (peer != nullptr) net::fail("send a datagram to", *peer, result);
    fail(batch == nullptr ? "send a datagram to" : "send datagrams to", "send datagrams on");
}

namespace {

void must_go_together(const net::endpoint& peer, const net::endpoint& local) {
    if (local.size() == 0 || local.family() == peer.family()) return;
    throw std::invalid_argument("connect_datagram: " + local.to_string() + " and " +
                                peer.to_string() + " are not of one family");
}

}  // namespace

}  // namespace detail

datagram::datagram(net::socket socket)
    : transport_(std::make_unique<detail::packet_descriptor>(std::move(socket))) {}

net::endpoint datagram::local_endpoint() const {
    return transport_ == nullptr ? net::endpoint{} : transport_->local_endpoint();
}

net::endpoint datagram::peer_endpoint() const {
    return transport_ == nullptr ? net::endpoint{} : transport_->peer_endpoint();
}

net::socket& datagram::socket() {
    auto* const real = dynamic_cast<detail::packet_descriptor*>(transport_.get());
    if (real == nullptr) net::fail("socket of a datagram socket", -ENOTSOCK);
    return real->socket();
}

task<datagram> open_datagram(net::endpoint where, net::listen_options options) {
    options.type = net::type::datagram;
    co_await detail::ask_and_go_wrong(operation_kind::listen, "bind", where);
    const detail::fiber& in = co_await detail::here();
    co_return datagram(in.engine().listen(where, options));
}

task<datagram> connect_datagram(net::endpoint peer, net::endpoint local, socket_settings settings) {
    detail::must_go_together(peer, local);
    co_await detail::ask_and_go_wrong(operation_kind::connect, "connect to", peer);
    const detail::fiber& in = co_await detail::here();
    co_return datagram(in.engine().connect_packets(peer, local, settings));
}

}  // namespace zocalo::io
