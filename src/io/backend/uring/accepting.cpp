// SPDX-License-Identifier: MIT
// Connections that come in. One request brings them all, as ordinary descriptors; when these run
// out, one at a time is taken into a slot of the ring.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/backend/readiness.hpp"
#include "io/backend/uring/slot_descriptor.hpp"
#include "io/backend/uring/tag.hpp"
#include "io/backend/uring/uring_backend.hpp"
#include "net/accept_next.hpp"
#include "sys/limit.hpp"
#include "sys/socket.hpp"

namespace zocalo::io::detail {

namespace {

/// Connections that wait while nobody accepts, before the kernel is asked to stop.
constexpr std::size_t most_waiting = 64;
/// So many are taken into slots before ordinary descriptors are tried again.
constexpr unsigned by_slot_in_a_row = 256;
/// 2 MiB of the kernel's memory, taken when the first one is needed.
constexpr unsigned slot_count = 262'144;
/// Gives a slot a descriptor (Linux 6.8); the header of liburing 2.3 does not know it.
constexpr unsigned op_fixed_fd_install = 54;

std::unique_ptr<transport> connection(unique_fd fd) {
    const net::endpoint peer = name_of(fd.get(), sys::getpeername);
    return std::make_unique<system_descriptor>(std::move(fd), peer);
}

}  // namespace

std::unique_ptr<descriptor> uring_backend::listen(const net::endpoint& where,
                                                  const net::listen_options& options) {
    return open_listener(where, options);
}

bool uring_backend::accept(accept_operation& what) {
    const int known = attach(*what.on);
    if (known < 0) return settled(what, known);
    if (what.on->reading != nullptr) return settled(what, -EBUSY);
    socket_entry& entry = table_.at(what.on->place);
    if (entry.listening == nullptr) entry.listening = std::make_unique<arrivals>();
    if (take_waiting(entry, what)) return false;
    keep(what, false);
    start_accepting(what.on->place);
    return true;
}

bool uring_backend::take_waiting(socket_entry& from, accept_operation& what) {
    unique_fd first = static_cast<system_descriptor&>(*what.on).take_waiting();
    auto& waiting = from.listening->waiting;
    if (!first && !waiting.empty()) {
        first = std::move(waiting.front());
        waiting.pop_front();
    }
    if (!first) return false;
    what.made = connection(std::move(first));
    return !settled(what, 0);
}

void uring_backend::start_accepting(std::uint32_t place) {
    socket_entry& entry = table_.at(place);
    if (entry.receiving != request::none) return;
    arrivals& listening = *entry.listening;
    const bool by_slot = listening.by_slot > 0;
    entry.receiving = by_slot ? request::accept : request::arrivals;
    io_uring_sqe& made = ask(place, entry.receiving, IORING_OP_ACCEPT);
    if (!by_slot) {
        made.ioprio = IORING_ACCEPT_MULTISHOT;
        made.accept_flags = SOCK_CLOEXEC;
        return;
    }
    --listening.by_slot;
    listening.peer_size = sizeof listening.peer;
    made.addr = reinterpret_cast<std::uintptr_t>(&listening.peer);        // NOLINT: the kernel's
    made.addr2 = reinterpret_cast<std::uintptr_t>(&listening.peer_size);  // NOLINT: form
    made.file_index = IORING_FILE_INDEX_ALLOC;
}

void uring_backend::answer_arrival(std::uint32_t place, std::int32_t result) {
    socket_entry& entry = table_.at(place);
    if (result < 0) return refuse(place, result);
    unique_fd fd(result);
    if (entry.owner == nullptr) return;
    if (fd.get() >= near_limit_ && entry.listening->by_slot == 0 && has_slots()) {
        entry.listening->by_slot = by_slot_in_a_row;
        stop_receiving(place);
    }
    operation*& reading = entry.owner->reading;
    if (reading == nullptr) {
        auto& waiting = entry.listening->waiting;
        waiting.push_back(std::move(fd));
        if (waiting.size() >= most_waiting) stop_receiving(place);
        return;
    }
    static_cast<accept_operation&>(*reading).made = connection(std::move(fd));
    finish(reading, 0);
}

/// A connection in a slot; `result` says which.
void uring_backend::answer_accept(std::uint32_t place, std::int32_t result) {
    if (result < 0) return refuse(place, result);
    socket_entry& entry = table_.at(place);
    const net::endpoint peer = net::endpoint::raw(const_buffer(
        reinterpret_cast<const std::byte*>(&entry.listening->peer),  // NOLINT: the kernel's form
        entry.listening->peer_size));
    auto made = std::make_unique<slot_descriptor>(*this, result, peer);
    put(*made, result, true);
    static_cast<accept_operation&>(*entry.owner->reading).made = std::move(made);
    finish(entry.owner->reading, 0);
}

/// No connection: who waits goes on waiting unless the reason is the listener's own, or this
/// process's.
void uring_backend::refuse(std::uint32_t place, std::int32_t error) {
    socket_entry& entry = table_.at(place);
    if (entry.owner == nullptr || entry.owner->reading == nullptr) return;
    operation*& reading = entry.owner->reading;
    const bool given_up = reading->now == operation::state::cancelled;
    if (error == -EMFILE && entry.listening->by_slot == 0 && has_slots())
        entry.listening->by_slot = by_slot_in_a_row;
    else if ((error != -ECANCELED || given_up) && !net::is_no_answer(error))
        return finish(reading, error);
    start_reading(place);
}

/// The table of slots may be no longer than the limit of descriptors that it is there to exceed:
/// the limit is lifted while the kernel looks, as far as that is allowed.
bool uring_backend::has_slots() noexcept {
    if (slots_ != slots::untried) return slots_ == slots::ready;
    slots_ = slots::none;
    if (!ring_->supports(op_fixed_fd_install)) return false;
    const sys::lifted_descriptor_limit more(slot_count);
    const auto count = static_cast<unsigned>(std::min<std::uint64_t>(more.now(), slot_count));
    if (io_uring_register_files_sparse(ring_->get(), count) == 0) slots_ = slots::ready;
    return slots_ == slots::ready;
}

unique_fd uring_backend::number_for(std::int32_t slot) noexcept {
    if (ring_ == nullptr || !ring_->is_mine()) return {};
    io_uring_sqe& made = ring_->next();
    made.opcode = op_fixed_fd_install;
    made.fd = slot;
    made.flags = IOSQE_FIXED_FILE;
    made.user_data = tag{installs_++, request::install, 0}.packed();
    const std::uint64_t which = made.user_data;
    return unique_fd(std::max(ring_->result_of(which), -1));
}

}  // namespace zocalo::io::detail
