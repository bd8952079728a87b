// SPDX-License-Identifier: MIT
#include "zocalo/io/detail/stream_operations.hpp"

#include <cerrno>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/fault_injector.hpp"
#include "net/fail.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/detail/watched_socket.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::io::detail {

namespace {

/// "receive from 127.0.0.1:80: Connection reset by peer".
[[noreturn]] void fail_with(std::string_view verb, const net::endpoint& address, int error) {
    if (address.size() == 0) net::fail(verb, error);
    net::fail(verb, address, error);
}

[[noreturn]] void fail(std::string_view verb, const operation& what) {
    fail_with(verb, what.on == nullptr ? net::endpoint{} : what.on->peer_endpoint(), what.result);
}

/// The first time that a backend sees a socket, or what is none: whether it may work on it.
[[gnu::noinline]] bool admit_stranger(operation& what, fiber& in, std::coroutine_handle<> who) {
    const descriptor* const socket = what.on;
    if (socket != nullptr) socket->must_be_of(in.engine());
    if (!what.enlist(in, who)) return false;
    if (socket != nullptr && !socket->only_at_home) return true;
    what.result = socket == nullptr || socket->home == nullptr ? -EBADF : -EBUSY;
    return false;
}

bool admit(operation& what, fiber& in, std::coroutine_handle<> who) {
    const bool known = what.on != nullptr && what.on->home == &in.engine();
    return known ? what.enlist(in, who) : admit_stranger(what, in, who);
}

/// Whether a transport does a transfer by itself: it is there, and is no socket.
bool works_itself(transport* on) noexcept {
    return on != nullptr && descriptor::of(on) == nullptr;
}
/// Whether nothing but the backend has to be asked, as nearly always.
bool is_plain(transport* on, const fiber& in) noexcept {
    return in.engine().faults() == nullptr && !works_itself(on);
}
/// Who looks on, where the backend works on the socket all the same.
watched_socket* watch_of(transport* on, const fiber& in) noexcept {
    return in.engine().faults() == nullptr ? watched_socket::of(on) : nullptr;
}

template <class Operation, class... Arguments>
Operation& make_in(operation_room& room, Arguments... arguments) noexcept {
    static_assert(sizeof(Operation) <= sizeof room && std::is_trivially_destructible_v<Operation>);
    return *::new (room.bytes) Operation(arguments...);
}

bool start_receive(receive_operation& what, fiber& in, std::coroutine_handle<> who) {
    return admit(what, in, who) && in.engine().receive(what);
}

bool start_send(send_operation& what, fiber& in, std::coroutine_handle<> who) {
    return admit(what, in, who) && !what.is_nothing() && in.engine().send(what);
}

}  // namespace

bool read_transfer::begin(fiber& in, std::coroutine_handle<> who, operation_room& room) {
    descriptor* socket = descriptor::of(on());
    if (!is_plain(on(), in)) {
        watched_socket* const seen_by = watch_of(on(), in);
        const bool is_first = seen_by != nullptr && seen_by->read_on_its_way == nullptr;
        if (is_first) socket = seen_by->begin_receive();
        if (is_first && socket != nullptr) {
            auto& what = make_in<receive_operation>(room, socket, mutable_buffer());
            seen_by->read_on_its_way = &what;
            keep(*seen_by);
            return start_receive(what, in, who);
        }
        if (task<chunk> other = do_otherwise(in)) return begin_task(std::move(other), in, who);
    }
    auto& what = make_in<receive_operation>(room, socket, mutable_buffer());
    keep(what);
    return start_receive(what, in, who);
}

task<chunk> read_transfer::do_otherwise(fiber& in) {
    if (const auto wrong = fault_for(*this, in, operation_kind::receive, on()))
        return read_wrongly(*on(), *wrong);
    return works_itself(on()) ? on()->read() : task<chunk>();
}

chunk read_transfer::finish() {
    watched_socket* const seen_by = watch();
    const operation* const done =
        seen_by != nullptr ? std::exchange(seen_by->read_on_its_way, nullptr) : in_room();
    if (done == nullptr) return result_of_task();
    const auto* const what = static_cast<const receive_operation*>(done);
    if (seen_by != nullptr && !seen_by->end_receive(what->result)) return {};
    if (what->result < 0) fail("receive from", *what);
    if (what->result == 0) return {};
    return {what->data, static_cast<std::size_t>(what->result), what->owner};
}

bool read_some_transfer::begin(fiber& in, std::coroutine_handle<> who, operation_room& room) {
    if (into_.empty()) return false;
    if (!is_plain(on(), in)) {
        if (task<std::size_t> other = do_otherwise(in))
            return begin_task(std::move(other), in, who);
    }
    auto& what = make_in<receive_operation>(room, descriptor::of(on()), into_);
    keep(what);
    return start_receive(what, in, who);
}

task<std::size_t> read_some_transfer::do_otherwise(fiber& in) {
    if (const auto wrong = fault_for(*this, in, operation_kind::receive, on()))
        return read_some_wrongly(*on(), into_, *wrong);
    return works_itself(on()) ? on()->read_some(into_) : task<std::size_t>();
}

std::size_t read_some_transfer::finish() {
    if (into_.empty()) return 0;
    const operation* const what = in_room();
    if (what == nullptr) return result_of_task();
    if (what->result < 0) fail("receive from", *what);
    return static_cast<std::size_t>(what->result);
}

bool write_transfer::begin(fiber& in, std::coroutine_handle<> who, operation_room& room) {
    descriptor* socket = descriptor::of(on());
    if (!is_plain(on(), in)) {
        watched_socket* const seen_by = watch_of(on(), in);
        const bool is_first = seen_by != nullptr && seen_by->write_on_its_way == nullptr;
        if (is_first) socket = seen_by->begin_send(pieces());
        if (is_first && socket != nullptr) {
            auto& what = make_in<send_operation>(room, socket, pieces());
            seen_by->write_on_its_way = &what;
            keep(*seen_by);
            return start_send(what, in, who);
        }
        if (task<> other = do_otherwise(in)) return begin_task(std::move(other), in, who);
    }
    auto& what = make_in<send_operation>(room, socket, pieces());
    keep(what);
    return start_send(what, in, who);
}

task<> write_transfer::do_otherwise(fiber& in) {
    if (const auto wrong = fault_for(*this, in, operation_kind::send, on()))
        return write_wrongly(*on(), pieces(), *wrong);
    return works_itself(on()) ? on()->write(pieces()) : task<>();
}

void write_transfer::finish() {
    watched_socket* const seen_by = watch();
    const operation* const what =
        seen_by != nullptr ? std::exchange(seen_by->write_on_its_way, nullptr) : in_room();
    if (what == nullptr) return result_of_task();
    if (seen_by != nullptr) seen_by->end_send(what->result);
    if (what->result < 0) fail("send to", *what);
}

bool send_operation::advance(std::size_t sent) noexcept {
    offset += sent;
    while (!pieces.empty() && offset >= pieces.front().size()) {
        offset -= pieces.front().size();
        pieces = pieces.subspan(1);
    }
    return pieces.empty();
}

bool accept_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::accept, listener_)) {
        by_task_ = accept_wrongly(*listener_, *wrong);
        return by_task_.begin(in, who);
    }
    on = descriptor::of(listener_);
    return admit(*this, in, who) && in.engine().accept(*this);
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
    if (in.engine().faults() != nullptr && !is_left_alone() && !in.cancelled()) {
        const fault wrong = in.engine().faults()->next(operation_kind::connect, to);
        if (!wrong.is_none()) {
            by_task_ = connect_wrongly(to, from, settings, protocol, wrong);
            return by_task_.begin(in, who);
        }
    }
    return enlist(in, who) && in.engine().connect(*this);
}

stream connect_operation::finish() {
    if (by_task_.is_started()) return stream(by_task_.take());
    if (result < 0) fail_with("connect to", to, result);
    return stream(std::move(made));
}

bool ready_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (const auto wrong = fault_for(*this, in, operation_kind::wait_ready, transport_)) {
        by_task_ = wait_wrongly(*transport_, wanted, *wrong);
        return by_task_.begin(in, who);
    }
    on = descriptor::of(transport_);
    return admit(*this, in, who) && in.engine().wait_ready(*this);
}

void ready_operation::finish() {
    if (by_task_.is_started()) return by_task_.take();
    if (result < 0) net::fail("wait for a descriptor", result);
}

}  // namespace zocalo::io::detail
