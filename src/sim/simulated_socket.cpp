// SPDX-License-Identifier: MIT
#include "sim/simulated_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "io/misuse.hpp"
#include "sim/process.hpp"
#include "zocalo/io/detail/socket_operations.hpp"

namespace zocalo::sim::detail {

using io::detail::operation;

namespace {

/// Of those that have an effect: what the kernel does not take less than.
std::size_t least_size(int level, int name) noexcept {
    if (level == IPPROTO_TCP && name == TCP_NODELAY) return sizeof(int);
    if (level == SOL_SOCKET && name == SO_LINGER) return sizeof(linger);
    return 0;
}

}  // namespace

simulated_socket::simulated_socket(process& of) noexcept
    : descriptor(io::detail::realm::simulated), process_(of) {
    home = &of;
}

simulated_socket::~simulated_socket() {
    if (is_busy()) io::detail::closed_while_busy();
}

bool simulated_socket::finish(operation& what, long result) noexcept {
    if (result == -EAGAIN) return false;
    what.result = static_cast<std::int32_t>(result);
    what.now = operation::state::done;
    return true;
}

void simulated_socket::retry() {
    for (operation** const slot : {&reading, &writing}) {
        if (*slot != nullptr && attempt(**slot)) process_.post(*std::exchange(*slot, nullptr));
    }
}

int simulated_socket::set_option(int level, int name, const_buffer value) noexcept {
    if (value.size() < least_size(level, name)) return -EINVAL;
    try {
        options_[{level, name}] = value.text();
        option_set(level, name);
        return 0;
    } catch (const std::bad_alloc&) {
        return -ENOMEM;
    }
}

int simulated_socket::get_option(int level, int name, mutable_buffer value) noexcept {
    const auto known = options_.find({level, name});
    const std::string_view bytes = known == options_.end()
                                       ? std::string_view("\0\0\0\0", sizeof(int))
                                       : std::string_view(known->second);
    const std::size_t count = std::min(bytes.size(), value.size());
    std::memcpy(value.data(), bytes.data(), count);
    return static_cast<int>(count);
}

template <class Value>
Value simulated_socket::option(int level, int name) const {
    const auto set = options_.find({level, name});
    Value value{};
    if (set != options_.end() && set->second.size() >= sizeof value) {
        std::memcpy(&value, set->second.data(), sizeof value);
    }
    return value;
}

stream_socket::stream_socket(process& of, std::shared_ptr<connection> made)
    : simulated_socket(of), connection_(std::move(made)) {
    connection_->user = this;
    const int on = 1;  // as the connection has it
    const const_buffer bytes(&on, sizeof on);
    static_cast<void>(set_option(IPPROTO_TCP, TCP_NODELAY, bytes));
}

stream_socket::~stream_socket() {
    const auto wanted = option<linger>(SOL_SOCKET, SO_LINGER);
    connection_->close(wanted.l_onoff != 0 && wanted.l_linger == 0);
}

void stream_socket::option_set(int level, int name) {
    if (level != IPPROTO_TCP || name != TCP_NODELAY) return;
    connection_->set_no_delay(option<int>(level, name) != 0);
}

std::int64_t stream_socket::send_now(const_buffer data) noexcept {
    if (is_busy()) return -EAGAIN;
    try {
        return connection_->send(data);
    } catch (const std::bad_alloc&) {
        return -ENOMEM;
    }
}

int stream_socket::shutdown(net::direction which) noexcept {
    const auto wanted = static_cast<int>(which);
    return connection_->shutdown(wanted == SHUT_RD || wanted == SHUT_RDWR,
                                 wanted == SHUT_WR || wanted == SHUT_RDWR);
}

long stream_socket::receive(io::detail::receive_operation& what) {
    if (!connection_->has_something_to_say()) return -EAGAIN;
    const bool lent = what.wants_chunk();
    if (lent) {
        what.data = io::detail::take_buffer();
        what.size = io::detail::chunk_size;
    }
    const long got = connection_->receive({what.data, what.size});
    if (lent && got <= 0) io::detail::put_buffer(std::exchange(what.data, nullptr));
    return got;
}

long stream_socket::send(io::detail::send_operation& what) {
    for (;;) {
        const const_buffer rest = what.pieces.front().without(what.offset);
        const long sent = connection_->send(rest);
        if (sent < 0) return sent;
        if (what.advance(static_cast<std::size_t>(sent))) return 0;
    }
}

bool stream_socket::attempt(operation& what) {
    switch (what.asked) {
        case operation::verb::receive:
            return finish(what, receive(static_cast<io::detail::receive_operation&>(what)));
        case operation::verb::send:
            return finish(what, send(static_cast<io::detail::send_operation&>(what)));
        case operation::verb::connect:
            return finish(what, connection_->connected());
        case operation::verb::ready: {
            const auto wanted = static_cast<io::detail::ready_operation&>(what).wanted;
            const bool ready = wanted == io::detail::ready_operation::direction::read
                                   ? connection_->has_something_to_say()
                                   : connection_->has_room();
            return finish(what, ready ? 0 : -EAGAIN);
        }
        default:
            return finish(what, -EOPNOTSUPP);
    }
}

}  // namespace zocalo::sim::detail
