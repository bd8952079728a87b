// SPDX-License-Identifier: MIT
#include "zocalo/io/detail/stream_operations.hpp"

#include <cerrno>
#include <string_view>

#include "io/backend/contract.hpp"
#include "io/fault_injector.hpp"
#include "net/fail.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::io::detail {

namespace {

/// "receive from 127.0.0.1:80: Connection reset by peer".
[[noreturn]] void fail_with(std::string_view verb, const net::endpoint& address, int error) {
    if (address.size() == 0) net::fail(verb, error);
    net::fail(verb, address, error);
}

/// What begin() does in an operation on a transport: false when its result is there.
enum class way { over, by_backend, by_task };

way choose(operation& what, transport* on, fiber& in, std::coroutine_handle<> who) {
    descriptor* const native = on == nullptr ? nullptr : on->native();
    if (native != nullptr) native->must_be_of(in.engine());
    if (!what.enlist(in, who)) return way::over;
    if (on == nullptr) {
        what.result = -EBADF;
        in.wait_over();
        return way::over;
    }
    what.on = native;
    if (native != nullptr) {
        if (!native->only_at_home || native->home == &in.engine()) return way::by_backend;
        what.result = native->home == nullptr ? -EBADF : -EBUSY;
        in.wait_over();
        return way::over;
    }
    in.wait_over();  // the task will wait for something itself
    return way::by_task;
}

/// Lets the backend start it: whether there is something to wait for.
template <class Operation>
bool start(bool (backend::*start_it)(Operation&), Operation& what) {
    fiber& in = *what.where;
    if ((in.engine().*start_it)(what)) return true;
    in.wait_over();
    return false;
}

}  // namespace

void transport_operation::fail(std::string_view what) const {
    fail_with(what, transport_ == nullptr ? net::endpoint{} : transport_->peer_endpoint(), result);
}

bool read_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::receive, transport_)) {
        by_task_ = read_wrongly(*transport_, *wrong);
        return by_task_.begin(in, who);
    }
    switch (choose(*this, transport_, in, who)) {
        case way::over:
            return false;
        case way::by_backend:
            return start<receive_operation>(&backend::receive, *this);
        case way::by_task:
            by_task_ = transport_->read();
            return by_task_.begin(in, who);
    }
    __builtin_unreachable();
}

chunk read_operation::finish() {
    if (by_task_.is_started()) return by_task_.take();
    if (result < 0) fail("receive from");
    if (result == 0) return {};
    return {data, static_cast<std::size_t>(result), owner, number};
}

bool read_some_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (size == 0) return false;
    if (const auto wrong = fault_for(*this, in, operation_kind::receive, transport_)) {
        by_task_ = read_some_wrongly(*transport_, {data, size}, *wrong);
        return by_task_.begin(in, who);
    }
    switch (choose(*this, transport_, in, who)) {
        case way::over:
            return false;
        case way::by_backend:
            return start<receive_operation>(&backend::receive, *this);
        case way::by_task:
            by_task_ = transport_->read_some({data, size});
            return by_task_.begin(in, who);
    }
    __builtin_unreachable();
}

std::size_t read_some_operation::finish() {
    if (by_task_.is_started()) return by_task_.take();
    if (result < 0) fail("receive from");
    return static_cast<std::size_t>(result);
}

bool send_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::send, transport_)) {
        by_task_ = write_wrongly(*transport_, pieces(), *wrong);
        return by_task_.begin(in, who);
    }
    switch (choose(*this, transport_, in, who)) {
        case way::over:
            return false;
        case way::by_backend:
            if (!is_one() && advance(0)) {
                in.wait_over();
                return false;  // nothing to send
            }
            return start(&backend::send, *this);
        case way::by_task:
            by_task_ = transport_->write(pieces());
            return by_task_.begin(in, who);
    }
    __builtin_unreachable();
}

bool send_operation::advance(std::size_t sent) noexcept {
    const auto all = pieces();
    offset += sent;
    while (piece < all.size() && offset >= all[piece].size())
        offset -= all[piece++].size();
    return piece == all.size();
}

void send_operation::finish() {
    if (by_task_.is_started()) return by_task_.take();
    if (result < 0) fail("send to");
}

bool accept_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::accept, listener_)) {
        by_task_ = accept_wrongly(*listener_, *wrong);
        return by_task_.begin(in, who);
    }
    if (choose(*this, listener_, in, who) != way::by_backend) return false;
    return start(&backend::accept, *this);
}

stream accept_operation::finish() {
    if (by_task_.is_started()) return stream(by_task_.take());
    if (result < 0) {
        fail_with("accept on", listener_ == nullptr ? net::endpoint{} : listener_->local_endpoint(),
                  result);
    }
    return stream(std::move(made));
}

bool connect_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (in.engine().faults() != nullptr && !undisturbed && !in.cancelled()) {
        const fault wrong = in.engine().faults()->next(operation_kind::connect, to);
        if (!wrong.is_none()) {
            by_task_ = connect_wrongly(to, from, wrong);
            return by_task_.begin(in, who);
        }
    }
    return enlist(in, who) && start(&backend::connect, *this);
}

stream connect_operation::finish() {
    if (by_task_.is_started()) return stream(by_task_.take());
    if (result < 0) fail_with("connect to", to, result);
    return stream(std::move(made));
}

bool ready_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (choose(*this, transport_, in, who) != way::by_backend) return false;
    return start(&backend::wait_ready, *this);
}

void ready_operation::finish() const {
    if (result < 0) net::fail("wait for a descriptor", result);
}

}  // namespace zocalo::io::detail
