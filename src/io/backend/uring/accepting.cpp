// SPDX-License-Identifier: MIT
// Connections that come in. One request brings them all, as ordinary descriptors; when few of these
// are left, a connection moves into a slot of the ring and gives its descriptor back.
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
/// 2 MiB of the kernel's memory, taken when the first one is needed.
constexpr std::uint32_t most_slots = 262'144;

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
    if (take_waiting(entry, what)) return false;
    keep(what, false);
    start_accepting(what.on->place);
    return true;
}

bool uring_backend::take_waiting(socket_entry& from, accept_operation& what) {
    unique_fd first = static_cast<system_descriptor&>(*what.on).take_waiting();
    auto& waiting = from.coming().waiting;
    if (!first && !waiting.empty()) {
        first = std::move(waiting.front());
        waiting.erase(waiting.begin());
    }
    if (!first) return false;
    what.made = connection(std::move(first));
    return !settled(what, 0);
}

void uring_backend::start_accepting(std::uint32_t place) {
    socket_entry& entry = table_.at(place);
    if (entry.receiving != request::none) return;
    entry.receiving = request::arrivals;
    entry.coming().brought_some = false;
    io_uring_sqe& made = ask(place, request::arrivals, IORING_OP_ACCEPT);
    made.ioprio = IORING_ACCEPT_MULTISHOT;
    made.accept_flags = SOCK_CLOEXEC;
}

void uring_backend::answer_arrival(std::uint32_t place, std::int32_t result) {
    socket_entry& entry = table_.at(place);
    if (result < 0) return refuse(place, result);
    unique_fd fd(result);
    if (entry.owner == nullptr) return;
    entry.came->brought_some = true;
    operation*& reading = entry.owner->reading;
    if (reading == nullptr || reading->asked != operation::verb::accept) {
        auto& waiting = entry.came->waiting;
        waiting.push_back(std::move(fd));
        if (waiting.size() >= most_waiting) stop_receiving(place);
        if (reading != nullptr) finish(reading, 0);  // it asked for readiness
        return;
    }
    static_cast<accept_operation&>(*reading).made = connection(std::move(fd));
    finish(reading, 0);
}

/// No connection: who waits goes on waiting unless the reason is the listener's own, or this
/// process's. Those that took the last descriptors may have moved into slots since then.
void uring_backend::refuse(std::uint32_t place, std::int32_t error) {
    const socket_entry& entry = table_.at(place);
    if (entry.owner == nullptr || entry.owner->reading == nullptr) return;
    const bool given_up = entry.owner->reading->now == operation::state::cancelled;
    if (given_up) return finish(entry.owner->reading, -ECANCELED);
    const bool again = error == -ECANCELED || net::is_no_answer(error) ||
                       (error == -EMFILE && entry.came->brought_some && has_slots());
    if (!again) return finish(entry.owner->reading, error);
    start_reading(place);
}

std::unique_ptr<transport> uring_backend::connection(unique_fd fd) {
    const net::endpoint peer = name_of(fd.get(), sys::getpeername);
    const std::int32_t slot = fd.get() < near_limit_ ? -1 : take_slot(fd.get());
    if (slot < 0) return std::make_unique<system_descriptor>(std::move(fd), peer);
    auto made = std::make_unique<slot_descriptor>(*this, slot, peer);
    put(*made, slot, true);
    return made;
}

/// Puts a socket into a slot too: which one, or −1 when there is none.
std::int32_t uring_backend::take_slot(int fd) noexcept {
    if (!has_slots()) return -1;
    const bool is_new = free_slots_.empty();
    const std::uint32_t slot = is_new ? used_slots_ : free_slots_.back();
    if (slot == slot_count_) return -1;
    if (io_uring_register_files_update(ring_->get(), slot, &fd, 1) != 1) return -1;
    if (is_new) {
        ++used_slots_;
    } else {
        free_slots_.pop_back();
    }
    return static_cast<std::int32_t>(slot);
}

/// The table of slots may be no longer than the limit of descriptors that it is there to exceed:
/// the limit is lifted while the kernel looks, as far as that is allowed.
bool uring_backend::has_slots() noexcept {
    if (slots_tried_) return slot_count_ > 0;
    slots_tried_ = true;
    if (!ring_->supports(op_fixed_fd_install)) return false;
    const sys::lifted_descriptor_limit more(most_slots);
    const auto count = static_cast<unsigned>(std::min<std::uint64_t>(more.now(), most_slots));
    if (io_uring_register_files_sparse(ring_->get(), count) == 0) slot_count_ = count;
    return slot_count_ > 0;
}

unique_fd uring_backend::number_for(std::int32_t slot) noexcept {
    if (ring_ == nullptr || !ring_->is_mine()) return {};
    io_uring_sqe& made = ring_->next();
    made.opcode = op_fixed_fd_install;
    made.fd = slot;
    made.flags = IOSQE_FIXED_FILE;
    const std::uint32_t install = installs_++;
    made.user_data = tag{install, request::install, 0}.packed();
    const int result = ring_->result_of(made.user_data);
    if (result == -EAGAIN) unclaimed_.push_back(install);
    return unique_fd(std::max(result, -1));
}

void uring_backend::close_unclaimed(std::uint32_t install, std::int32_t result) noexcept {
    if (std::erase(unclaimed_, install) > 0) const unique_fd unwanted(std::max(result, -1));
}

}  // namespace zocalo::io::detail
