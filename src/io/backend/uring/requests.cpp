// SPDX-License-Identifier: MIT
// What goes to the kernel and what comes back from it. An operation that completes runs the task
// that waits for it, which may close any socket: after finish() no entry is touched.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/backend/readiness.hpp"
#include "io/backend/uring/tag.hpp"
#include "io/backend/uring/uring_backend.hpp"

namespace zocalo::io::detail {

io_uring_sqe& uring_backend::ask(std::uint32_t place, request what, int opcode) {
    socket_entry& entry = table_.at(place);
    ++entry.in_kernel;
    ++in_kernel_;
    io_uring_sqe& made = ring_->next();
    made.opcode = static_cast<std::uint8_t>(opcode);
    made.fd = entry.number;
    if (entry.by_slot) made.flags = IOSQE_FIXED_FILE;
    made.user_data = tag{place, what, entry.generation}.packed();
    return made;
}

void uring_backend::ask_readiness(std::uint32_t place, bool writing) {
    const request what = writing ? request::writable : request::readable;
    if (!writing) table_.at(place).receiving = what;
    ask(place, what, IORING_OP_POLL_ADD).poll32_events = writing ? POLLOUT : POLLIN;
}

void uring_backend::await_bell() {
    io_uring_sqe& made = ring_->next();
    made.opcode = IORING_OP_POLL_ADD;
    made.fd = bell_.fileno();
    made.poll32_events = POLLIN;
    made.len = IORING_POLL_ADD_MULTI;
    made.user_data = tag{0, request::bell, 0}.packed();
    bell_awaited_ = true;
}

/// Only a failure is answered: the request was on its way somewhere and has to be stopped again.
void uring_backend::stop(std::uint32_t place, request what) noexcept {
    const std::uint32_t generation = table_.at(place).generation;
    io_uring_sqe& made = ring_->next();
    made.opcode = IORING_OP_ASYNC_CANCEL;
    made.fd = -1;
    made.addr = tag{place, what, generation}.packed();
    made.flags = IOSQE_CQE_SKIP_SUCCESS;
    made.user_data = tag{place, request::stop, generation}.packed();
}

void uring_backend::stop_receiving(std::uint32_t place) noexcept {
    socket_entry& entry = table_.at(place);
    if (entry.receiving == request::none || entry.stopping) return;
    entry.stopping = true;
    stop(place, entry.receiving);
}

void uring_backend::stop_again(std::uint32_t place) noexcept {
    socket_entry& entry = table_.at(place);
    const auto is_cancelled = [](const operation* what) {
        return what != nullptr && what->now == operation::state::cancelled;
    };
    if (entry.receiving != request::none && (entry.stopping || entry.owner == nullptr))
        stop(place, entry.receiving);
    if (entry.owner == nullptr || !is_cancelled(entry.owner->writing)) return;
    stop(place, request_of(*entry.owner->writing));
}

request uring_backend::request_of(const operation& writing) noexcept {
    switch (writing.asked) {
        case operation::verb::send:
            return is_socket(table_.at(writing.on->place)) ? request::send : request::writable;
        case operation::verb::connect:
            return request::connect;
        default:
            return request::writable;
    }
}

/// Those that are there: what they bring about has the next turn, after timers and the queue.
void uring_backend::take_completions() {
    completion each{};
    unsigned left = ring_->ready();
    if (left > 0) heard();
    for (; left > 0 && ring_->take(each); --left)
        answer(each);
}

void uring_backend::answer(const completion& from) {
    const tag about = tag::unpacked(from.user_data);
    const bool is_last = (from.flags & IORING_CQE_F_MORE) == 0;
    if (about.what == request::none) return;
    if (about.what == request::file) return answer_file(about.place, from.result);
    if (about.what == request::install) return close_unclaimed(about.place, from.result);
    if (about.what == request::bell) {
        bell_.hear();
        bell_awaited_ = !is_last;
        if (is_last && from.result >= 0) await_bell();
        return;
    }
    socket_entry& entry = table_.at(about.place);
    if ((entry.generation & tag::generations) != about.generation) return;
    if (about.what == request::stop) return stop_again(about.place);
    if (is_last) {
        --entry.in_kernel;
        --in_kernel_;
        if (entry.receiving == about.what) {
            entry.receiving = request::none;
            entry.stopping = false;
        }
    }
    answer_socket(about.place, about.what, from);
    if ((table_.at(about.place).generation & tag::generations) == about.generation)
        free_if_over(about.place);
}

void uring_backend::answer_socket(std::uint32_t place, request to, const completion& from) {
    switch (to) {
        case request::stream:
            return answer_stream(place, from);
        case request::receive:
            return answer_receive(place, from.result);
        case request::send:
            return answer_send(place, from.result);
        case request::arrivals:
            return answer_arrival(place, from.result);
        case request::readable:
            return answer_readiness(place, false, from.result);
        case request::writable:
            return answer_readiness(place, true, from.result);
        case request::connect:
            return finish(table_.at(place).owner->writing, from.result);
        case request::close:
            return free_slots_.push_back(static_cast<std::uint32_t>(table_.at(place).number));
        default:
            return;
    }
}

bool uring_backend::keep(operation& what, bool writing) noexcept {
    (writing ? what.on->writing : what.on->reading) = &what;
    what.wait();
    ++kept_;
    return true;
}

void uring_backend::finish(operation*& slot, std::int32_t result) {
    operation& what = *std::exchange(slot, nullptr);
    what.result = result;
    what.now = operation::state::done;
    --kept_;
    what.complete();
}

/// Asks for what the reader wants, unless something else is still on.
void uring_backend::start_reading(std::uint32_t place) {
    socket_entry& entry = table_.at(place);
    operation& what = *entry.owner->reading;
    if (what.asked == operation::verb::accept) return start_accepting(place);
    if (what.asked == operation::verb::receive && is_socket(entry))
        return start_receiving(place, static_cast<receive_operation&>(what));
    if (entry.receiving != request::none) return stop_receiving(place);
    ask_readiness(place, false);
}

/// What the ring does not do better than a system call of our own at the right moment.
bool uring_backend::wait_for_readiness(operation& what, bool writing) {
    const int known = attach(*what.on);
    const operation* const other = writing ? what.on->writing : what.on->reading;
    if (known < 0 || other != nullptr) return settled(what, known < 0 ? known : -EBUSY);
    keep(what, writing);
    if (writing) {
        ask_readiness(what.on->place, true);
    } else {
        start_reading(what.on->place);
    }
    return true;
}

void uring_backend::answer_readiness(std::uint32_t place, bool writing, std::int32_t result) {
    descriptor& owner = *table_.at(place).owner;
    operation*& slot = writing ? owner.writing : owner.reading;
    if (result < 0) return finish(slot, result);
    if (slot->asked == operation::verb::ready) return finish(slot, 0);
    const auto events = static_cast<unsigned>(result);
    const bool given_up = slot->now == operation::state::cancelled;
    if (slot->asked == operation::verb::receive && is_socket(table_.at(place)))
        return given_up ? finish(slot, -ECANCELED) : receive_ready(place, events);
    if (attempt_reported(*slot, events)) return finish(slot, slot->result);
    if (given_up) return finish(slot, -ECANCELED);
    ask_readiness(place, writing);
}

bool uring_backend::wait_ready(ready_operation& what) {
    const bool writing = what.wanted == ready_operation::direction::write;
    const bool here = what.on->home == this;
    if (!writing && here && table_.at(what.on->place).has_unread()) return settled(what, 0);
    return wait_for_readiness(what, writing);
}

bool uring_backend::receive_packets(receive_packets_operation& what) {
    return attempt(what, MSG_DONTWAIT) ? takes_turn(what) : wait_for_readiness(what, false);
}

bool uring_backend::send_packets(send_packets_operation& what) {
    return attempt(what, MSG_DONTWAIT) ? takes_turn(what) : wait_for_readiness(what, true);
}

/// A reader that only waits for a request which serves many is let go at once. What the kernel has
/// of the operation itself must end first. So must a request for connections: it may have taken
/// some that are not told yet, and who cancelled closes the listener next, perhaps.
void uring_backend::cancel(operation& what) noexcept {
    if (what.now != operation::state::waiting) return;
    const std::uint32_t place = what.on->place;
    const request receiving = table_.at(place).receiving;
    if (what.on->writing == &what) {
        what.now = operation::state::cancelled;
        return stop(place, request_of(what));
    }
    if (receiving == request::receive || receiving == request::readable ||
        receiving == request::arrivals) {
        what.now = operation::state::cancelled;
        return stop_receiving(place);
    }
    what.on->reading = nullptr;
    --kept_;
    post_done(what, -ECANCELED);
}

}  // namespace zocalo::io::detail
