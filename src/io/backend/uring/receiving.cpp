// SPDX-License-Identifier: MIT
// Bytes that come in. The request that stays in the kernel answers with a buffer for each portion;
// who reads gets it as a chunk, or a copy of it.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "io/backend/readiness.hpp"
#include "io/backend/uring/uring_backend.hpp"

namespace zocalo::io::detail {

namespace {

/// Reads into memory of this size and more are left to the kernel; shorter ones are copied.
constexpr std::size_t worth_its_own = std::size_t{16} * 1024;
/// Portions that wait while nobody reads, before the kernel is asked to stop.
constexpr std::size_t most_unread = 2;
/// So many small receives in a row, and the connection is lent buffers again.
constexpr std::uint8_t many_small_ones = 16;

/// Hands bytes to who reads; true when that was all of them.
bool hand_over(arrived& bytes, receive_operation& to) noexcept {
    if (to.wants_chunk()) {
        to.data = bytes.data;
        to.owner = bytes.owner;
        to.result = static_cast<std::int32_t>(bytes.size);
        return true;
    }
    const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(to.size, bytes.size));
    std::memcpy(to.data, bytes.data, count);
    to.result = static_cast<std::int32_t>(count);
    if (count == bytes.size) {
        bytes.owner->give_back(bytes.data);
        return true;
    }
    bytes.data += count;
    bytes.size -= count;
    return false;
}

}  // namespace

bool uring_backend::receive(receive_operation& what) {
    const int known = attach(*what.on);
    if (known < 0) return settled(what, known);
    if (what.on->reading != nullptr) return settled(what, -EBUSY);
    socket_entry& entry = table_.at(what.on->place);
    if (!is_socket(entry)) return wait_for_readiness(what, false);
    if (take_unread(entry, what)) return false;
    if (!entry.by_slot && static_cast<system_descriptor&>(*what.on).take_leftover(what))
        return false;
    const bool at_once = entry.large && !entry.by_slot && entry.receiving == request::none &&
                         static_cast<system_descriptor&>(*what.on).may_be_readable;
    if (at_once && attempt(what, MSG_DONTWAIT)) return takes_turn(what);
    keep(what, false);
    start_receiving(what.on->place, what);
    return true;
}

/// What came while nobody was reading: bytes first, then what ended them.
bool uring_backend::take_unread(socket_entry& from, receive_operation& what) {
    if (from.has_unread()) {
        auto& unread = from.came->unread;
        if (hand_over(unread.front(), what)) unread.erase(unread.begin());
        return !settled(what, what.result);
    }
    if (!from.ended && from.error == 0) return false;
    from.ended = false;
    return !settled(what, std::exchange(from.error, std::int16_t{0}));
}

/// A large read has no use for buffers of ours: the request that brings them is ended first.
void uring_backend::start_receiving(std::uint32_t place, receive_operation& what) {
    socket_entry& entry = table_.at(place);
    const bool alone = !what.wants_chunk() && what.size >= worth_its_own;
    if (entry.receiving != request::none) {
        if (alone) stop_receiving(place);
        return;
    }
    if (alone) return receive_into(place, what);
    if (entry.large) return ask_readiness(place, false);
    entry.receiving = request::stream;
    io_uring_sqe& made = ask(place, request::stream, IORING_OP_RECV);
    made.ioprio = IORING_RECV_MULTISHOT;
    made.flags |= IOSQE_BUFFER_SELECT;
    made.buf_group = lent_->id();
}

void uring_backend::receive_into(std::uint32_t place, const receive_operation& what) {
    table_.at(place).receiving = request::receive;
    io_uring_sqe& made = ask(place, request::receive, IORING_OP_RECV);
    made.addr = reinterpret_cast<std::uintptr_t>(what.data);  // NOLINT: the kernel's form
    made.len = static_cast<std::uint32_t>(std::min<std::size_t>(what.size, 0x7ffff000));
}

void uring_backend::answer_receive(std::uint32_t place, std::int32_t result) {
    socket_entry& entry = table_.at(place);
    auto& what = static_cast<receive_operation&>(*entry.owner->reading);
    if (entry.rescued && result <= 0) put_buffer(std::exchange(what.data, nullptr));
    entry.rescued = false;
    count_large(entry, result);
    finish(entry.owner->reading, result);
}

void uring_backend::answer_stream(std::uint32_t place, const completion& from) {
    socket_entry& entry = table_.at(place);
    arrived bytes{};
    if ((from.flags & IORING_CQE_F_BUFFER) != 0) {
        const auto number = static_cast<std::uint16_t>(from.flags >> IORING_CQE_BUFFER_SHIFT);
        const auto size = static_cast<std::uint32_t>(std::max(from.result, 0));
        bytes = {lent_->take(number, size), size, lent_};
        if (size == 0 || entry.owner == nullptr) {
            lent_->give_back(bytes.data);
            bytes = {};
        }
    }
    if (entry.owner == nullptr) return;
    if (bytes.size == 0) return end_of_bytes(place, from.result);
    if ((from.flags & IORING_CQE_F_MORE) != 0) note_bytes(place);
    const bool has_more = (from.flags & IORING_CQE_F_SOCK_NONEMPTY) != 0;
    if (bytes.size == lent_->size() && has_more) become_large(place);
    arrive(place, bytes);
}

void uring_backend::arrive(std::uint32_t place, arrived bytes) {
    operation*& reading = table_.at(place).owner->reading;
    if (reading == nullptr || reading->asked != operation::verb::receive) {
        hold(place, bytes);
        if (reading != nullptr) finish(reading, 0);  // it asked for readiness
        return;
    }
    if (!hand_over(bytes, static_cast<receive_operation&>(*reading))) hold(place, bytes);
    finish(reading, reading->result);
}

void uring_backend::hold(std::uint32_t place, const arrived& bytes) {
    socket_entry& entry = table_.at(place);
    auto& unread = entry.coming().unread;
    unread.push_back(bytes);
    if (unread.size() >= most_unread) stop_receiving(place);
}

/// The request said something else than bytes: the end, an error, or that it cannot go on.
void uring_backend::end_of_bytes(std::uint32_t place, std::int32_t result) {
    socket_entry& entry = table_.at(place);
    operation*& reading = entry.owner->reading;
    if (result == -ENOBUFS) {
        lent_->grow();
        if (reading != nullptr) starved_.push_back(place);
    } else if (result == -ECANCELED) {
        if (reading != nullptr) start_reading(place);
    } else if (reading != nullptr) {
        finish(reading, reading->asked == operation::verb::receive ? result : 0);
    } else if (result == 0) {
        entry.ended = true;
    } else {
        entry.error = static_cast<std::int16_t>(result);  // −errno is at most 4095
    }
}

/// The request that stays in the kernel ends; what comes is received as on epoll from then on: into
/// the one hot buffer of the thread, when the socket is readable.
void uring_backend::become_large(std::uint32_t place) noexcept {
    socket_entry& entry = table_.at(place);
    entry.large = true;
    entry.small_ones = 0;
    stop_receiving(place);
}

/// And back, when a lent buffer would have done for a while.
void uring_backend::count_large(socket_entry& which, std::int32_t result) const noexcept {
    if (result > static_cast<std::int32_t>(lent_->size())) {
        which.small_ones = 0;
    } else if (which.large && ++which.small_ones == many_small_ones) {
        which.large = false;
    }
}

/// Readers that found no buffer have another try, as many as there are buffers. The others wait for
/// bytes without one, and then receive into memory of the thread: who keeps all chunks makes the
/// others slower, and stops nobody.
void uring_backend::serve_starved() {
    unsigned left = lent_->provided();
    for (const std::uint32_t place : std::exchange(starved_, {})) {
        const socket_entry& entry = table_.at(place);
        if (entry.owner == nullptr || entry.owner->reading == nullptr) continue;
        if (entry.receiving != request::none) continue;
        if (entry.owner->reading->asked != operation::verb::receive || left > 0) {
            start_reading(place);
            left -= std::min(left, 1U);
        } else {
            ask_readiness(place, false);
        }
    }
}

/// There are bytes for a reader without a lent buffer.
void uring_backend::receive_ready(std::uint32_t place, unsigned events) {
    socket_entry& entry = table_.at(place);
    if (entry.by_slot) return rescue(place);
    auto& what = static_cast<receive_operation&>(*entry.owner->reading);
    if (!attempt_reported(what, events)) return ask_readiness(place, false);
    count_large(entry, what.result);
    finish(entry.owner->reading, what.result);
}

/// The same in a slot, which only the ring can receive from.
void uring_backend::rescue(std::uint32_t place) {
    socket_entry& entry = table_.at(place);
    auto& what = static_cast<receive_operation&>(*entry.owner->reading);
    if (what.wants_chunk()) {
        what.data = take_buffer();
        what.size = chunk_size;
        entry.rescued = true;
    }
    receive_into(place, what);
}

}  // namespace zocalo::io::detail
