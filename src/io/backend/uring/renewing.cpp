// SPDX-License-Identifier: MIT
// Ends of streams that the kernel has lost.
//
// When bytes come and, before the kernel's own thread of work gets to them, the peer's end or
// reset, then Linux (6.0, and 6.18 still) may wake the request that stays there only once. It hands
// out the bytes, finds nothing more for the moment, and waits for news of a socket that will have
// none: the reader hangs. Such a request has just brought bytes. So each that did, and then was
// quiet for a while, is ended and made again, once; a new one looks at the socket first.
// Connections that are busy are left alone, and so are those that never said anything.
#include <chrono>

#include "io/backend/uring/uring_backend.hpp"

namespace zocalo::io::detail {

namespace {

/// Quiet is who brought nothing between two sweeps.
constexpr auto between_sweeps = std::chrono::milliseconds(100);

}  // namespace

void uring_backend::sweep::complete() noexcept {
    of.renew_quiet();
}

/// The request of that place brought bytes and goes on.
void uring_backend::note_bytes(std::uint32_t place) {
    socket_entry& entry = table_.at(place);
    entry.brought_bytes = true;
    if (entry.is_noted) return;
    entry.is_noted = true;
    if (noted_.empty()) schedule_sweep();
    noted_.push_back({place, entry.generation});
}

void uring_backend::schedule_sweep() {
    backend::stop(sweep_);
    sweep_.at = now() + between_sweeps;
    start(sweep_);
}

void uring_backend::renew_quiet() noexcept {
    std::size_t kept = 0;
    for (const noted each : noted_) {
        socket_entry& entry = table_.at(each.place);
        if (entry.generation != each.generation) continue;  // another socket's place by now
        if (entry.brought_bytes) {
            entry.brought_bytes = false;
            noted_[kept++] = each;
            continue;
        }
        entry.is_noted = false;
        if (entry.owner != nullptr && entry.receiving == request::stream)
            stop_receiving(each.place);
    }
    noted_.resize(kept);
    if (kept > 0) schedule_sweep();
}

/// Between two runs nothing is in the kernel that could have missed something.
void uring_backend::stop_sweeping() noexcept {
    backend::stop(sweep_);
    for (const noted each : noted_)
        table_.at(each.place).is_noted = false;
    noted_.clear();
}

}  // namespace zocalo::io::detail
