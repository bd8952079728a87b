// SPDX-License-Identifier: MIT
// Sending and receiving. Each verb is one call under operate(); the throwing forms add only the
// message.
#include <cerrno>
#include <limits>

#include "net/fail.hpp"
#include "net/lookup.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {

namespace {

transfer as_transfer(long result) {
    if (result >= 0) return {static_cast<std::size_t>(result), {}};
    return {0, error_from(result)};
}

long send_some(const socket& socket, const_buffer data, message_flag flags) {
    return operate(socket, POLLOUT, flags, [=, &socket]() noexcept -> long {
        return sys::send(socket.fileno(), data.data(), data.size(), static_cast<int>(flags));
    });
}

long send_some_to(const socket& socket, const_buffer data, const endpoint& to, message_flag flags) {
    return operate(socket, POLLOUT, flags, [=, &socket, &to]() noexcept -> long {
        return sys::sendto(socket.fileno(), data.data(), data.size(), static_cast<int>(flags),
                           to.data(), to.size());
    });
}

long recv_some(const socket& socket, mutable_buffer into, message_flag flags) {
    return operate(socket, POLLIN, flags, [=, &socket]() noexcept -> long {
        return sys::recv(socket.fileno(), into.data(), into.size(), static_cast<int>(flags));
    });
}

long recv_some_from(const socket& socket, mutable_buffer into, endpoint& peer, message_flag flags) {
    socklen_t size = 0;
    const long result = operate(socket, POLLIN, flags, [&]() noexcept -> long {
        size = endpoint::capacity;
        return sys::recvfrom(socket.fileno(), into.data(), into.size(), static_cast<int>(flags),
                             peer.data(), &size);
    });
    peer.resize(result >= 0 ? size : 0);
    return result;
}

/// MSG_TRUNC makes a receive return the real length of a datagram, which may be more than there is
/// room for.
std::size_t filled(long result, std::size_t room) {
    const auto size = static_cast<std::size_t>(result);
    return size < room ? size : room;
}

/// std::string::max_size() is no protection against a caller that computed its limit wrongly.
std::string make_room(std::size_t limit) {
    if (limit > std::size_t{std::numeric_limits<int>::max()}) {
        throw std::invalid_argument("recv: a limit of " + std::to_string(limit) +
                                    " bytes is above 2147483647");
    }
    return std::string(limit, '\0');
}

}  // namespace

std::size_t socket::send(const_buffer data, message_flag flags) {
    const long result = send_some(*this, data, flags);
    if (result < 0) fail("send", *this, result);
    return static_cast<std::size_t>(result);
}

transfer socket::try_send(const_buffer data, message_flag flags) {
    return as_transfer(send_some(*this, data, flags));
}

transfer socket::try_send_all(const_buffer data, message_flag flags) {
    const deadline until{timeout_};
    transfer done;
    do {
        const const_buffer rest = data.without(done.size);
        const long result = operate_until(*this, POLLOUT, until, [&]() noexcept -> long {
            return sys::send(fileno(), rest.data(), rest.size(), static_cast<int>(flags));
        });
        if (result < 0) {
            done.error = error_from(result);
            return done;
        }
        done.size += static_cast<std::size_t>(result);
    } while (done.size < data.size());
    return done;
}

void socket::send_all(const_buffer data, message_flag flags) {
    if (const transfer done = try_send_all(data, flags); done.error) {
        fail("send_all (" + std::to_string(done.size) + " of " + std::to_string(data.size()) +
                 " bytes sent)",
             *this, done.error.value());
    }
}

std::size_t socket::send_to(const_buffer data, const endpoint& to, message_flag flags) {
    const long result = send_some_to(*this, data, to, flags);
    if (result < 0) fail("send_to", to, result);
    return static_cast<std::size_t>(result);
}

std::size_t socket::send_to(const_buffer data, const host_port& to, message_flag flags) {
    return send_to(data, look_up_for(*this, to, deadline{timeout_}), flags);
}

transfer socket::try_send_to(const_buffer data, const endpoint& to, message_flag flags) {
    return as_transfer(send_some_to(*this, data, to, flags));
}

std::size_t socket::recv(mutable_buffer into, message_flag flags) {
    const long result = recv_some(*this, into, flags);
    if (result < 0) fail("recv", *this, result);
    return static_cast<std::size_t>(result);
}

transfer socket::try_recv(mutable_buffer into, message_flag flags) {
    return as_transfer(recv_some(*this, into, flags));
}

std::string socket::recv(std::size_t limit, message_flag flags) {
    std::string data = make_room(limit);
    data.resize(filled(static_cast<long>(recv(mutable_buffer(data), flags)), limit));
    return data;
}

std::size_t socket::recv_exactly(mutable_buffer into) {
    const deadline until{timeout_};
    std::size_t done = 0;
    while (done < into.size()) {
        const mutable_buffer rest = into.without(done);
        const long result = operate_until(*this, POLLIN, until, [&]() noexcept -> long {
            return sys::recv(fileno(), rest.data(), rest.size(), MSG_WAITALL);
        });
        if (result < 0)
            fail("recv_exactly (" + std::to_string(done) + " bytes received)", *this, result);
        if (result == 0) break;
        done += static_cast<std::size_t>(result);
    }
    return done;
}

received socket::recv_from(mutable_buffer into, message_flag flags) {
    received message;
    const long result = recv_some_from(*this, into, message.peer, flags);
    if (result < 0) fail("recv_from", *this, result);
    message.size = static_cast<std::size_t>(result);
    return message;
}

received_text socket::recv_from(std::size_t limit, message_flag flags) {
    received_text message;
    message.data = make_room(limit);
    const long result = recv_some_from(*this, mutable_buffer(message.data), message.peer, flags);
    if (result < 0) fail("recv_from", *this, result);
    message.data.resize(filled(result, limit));
    return message;
}

}  // namespace zocalo::net
