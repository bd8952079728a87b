// SPDX-License-Identifier: MIT
#include "zocalo/net/message.hpp"

#include <cerrno>

#include "net/fail.hpp"
#include "net/io_vector.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_ipv6.hpp"

namespace zocalo::net {

namespace {

long send_message(const socket& socket, const outgoing_message& message, message_flag flags) {
    io_vector buffers(message.data.all());
    msghdr header{};
    header.msg_iov = buffers.data();
    header.msg_iovlen = buffers.size();
    if (message.to != nullptr) {
        header.msg_name = for_sending(message.to->data());
        header.msg_namelen = message.to->size();
    }
    if (message.control != nullptr) {
        header.msg_control = for_sending(message.control->bytes().data());
        header.msg_controllen = message.control->bytes().size();
    }
    return operate(socket, POLLOUT, flags, [&]() noexcept -> long {
        return sys::sendmsg(socket.fileno(), &header, static_cast<int>(flags));
    });
}

}  // namespace

std::size_t socket::send_msg(const outgoing_message& message, message_flag flags) {
    const long result = send_message(*this, message, flags);
    if (result >= 0) return static_cast<std::size_t>(result);
    if (message.to != nullptr) fail("send_msg", *message.to, result);
    fail("send_msg", *this, result);
}

transfer socket::try_send_msg(const outgoing_message& message, message_flag flags) {
    const long result = send_message(*this, message, flags);
    if (result >= 0) return {static_cast<std::size_t>(result), {}};
    return {0, error_from(result)};
}

received_message socket::recv_msg(const incoming_message& into, message_flag flags) {
    std::error_code error;
    received_message message = try_recv_msg(into, error, flags);
    if (error) fail("recv_msg", *this, error.value());
    return message;
}

received_message socket::try_recv_msg(const incoming_message& into, std::error_code& error,
                                      message_flag flags) {
    io_vector buffers(into.data.all());
    const mutable_buffer room =
        into.control != nullptr ? into.control->prepare() : mutable_buffer{};
    received_message message;
    msghdr header{};
    header.msg_iov = buffers.data();
    header.msg_iovlen = buffers.size();
    // What waits in the error queue shows as POLLERR, which is always watched.
    const short events = has(flags, message_flag::errqueue) ? short{0} : short{POLLIN};
    const auto call = family() == family::packet ? sys::recvmsg_of_packet : sys::recvmsg;
    const long result = operate(*this, events, flags, [&]() noexcept -> long {
        header.msg_name = message.peer.data();
        header.msg_namelen = endpoint::capacity;
        header.msg_control = room.empty() ? nullptr : room.data();
        header.msg_controllen = room.size();
        return call(fileno(), &header, static_cast<int>(flags));
    });
    if (result < 0) {
        error = error_from(result);
        return message;
    }
    if (into.control != nullptr) into.control->commit(header.msg_controllen);
    error.clear();
    message.size = static_cast<std::size_t>(result);
    message.peer.resize(header.msg_namelen);
    message.flags = static_cast<message_flag>(header.msg_flags) & ~message_flag::cmsg_cloexec;
    return message;
}

std::size_t send_fds(socket& socket, const_buffer data, std::span<const int> fds,
                     message_flag flags) {
    outgoing_control control;
    if (!fds.empty()) control.descriptors(fds);
    return socket.send_msg({.data = data, .control = &control}, flags);
}

received_fds recv_fds(socket& socket, mutable_buffer into, std::size_t max_fds,
                      message_flag flags) {
    incoming_control control(max_fds, 0);
    received_message message = socket.recv_msg({.data = into, .control = &control}, flags);
    return {.size = message.size,
            .fds = std::move(control.descriptors()),
            .lost = control.refused_descriptors() != 0 || has(message.flags, message_flag::ctrunc),
            .peer = message.peer};
}

void receive_destination(socket& socket) {
    if (socket.family() == family::inet6) {
        socket.set(option::ipv6::receive_packet_info{true});
    } else {
        socket.set(option::ip::receive_packet_info{true});
    }
}

std::size_t send_reply(socket& socket, const_buffer data, const endpoint& peer,
                       const control_view& asked, message_flag flags) {
    return send_reply(socket, data, peer, asked.destination(), flags);
}

std::size_t send_reply(socket& socket, const_buffer data, const endpoint& peer,
                       const std::optional<destination>& came_to, message_flag flags) {
    outgoing_control control;
    if (came_to) control.source(*came_to);
    return socket.send_msg({.data = data, .to = &peer, .control = &control}, flags);
}

}  // namespace zocalo::net
