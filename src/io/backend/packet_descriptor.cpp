// SPDX-License-Identifier: MIT
#include "io/backend/packet_descriptor.hpp"

#include <sys/socket.h>

#include "sys/socket.hpp"
#include "zocalo/net/batch.hpp"

namespace zocalo::io::detail {

namespace {

constexpr auto now = net::message_flag::dont_wait;

long minus(const std::error_code& error) noexcept {
    return -static_cast<long>(error.value());
}

}  // namespace

std::unique_ptr<descriptor> packet_descriptor::connect(const net::endpoint& peer,
                                                       const net::endpoint& local,
                                                       const socket_settings& settings) {
    net::socket made{peer.family(), net::type::datagram};
    for (const auto& [level, name, value] : settings.all())
        made.set_option(level, name, const_buffer(value));
    if (local.size() != 0) made.bind(local);
    made.connect(peer);
    return std::make_unique<packet_descriptor>(std::move(made));
}

long packet_descriptor::receive(receive_packets_operation& what) noexcept {
    if (what.batch != nullptr) {
        const net::transfer came = net::try_recv_many(socket_, *what.batch, now);
        return came.error ? minus(came.error) : static_cast<long>(came.size);
    }
    auto size = static_cast<socklen_t>(net::endpoint::capacity);
    const long got = sys::recvfrom(fileno(), what.into.data(), what.into.size(), MSG_DONTWAIT,
                                   what.peer.data(), &size);
    if (got >= 0) what.peer.resize(size);
    return got;
}

long packet_descriptor::send(send_packets_operation& what) noexcept {
    if (what.batch != nullptr) {
        const net::transfer went = net::try_send_many(socket_, *what.batch, now, what.sent);
        what.sent += went.size;
        return went.error ? minus(went.error) : 0;
    }
    const net::transfer went = what.peer == nullptr
                                   ? socket_.try_send(what.data, now)
                                   : socket_.try_send_to(what.data, *what.peer, now);
    return went.error ? minus(went.error) : 0;
}

}  // namespace zocalo::io::detail
