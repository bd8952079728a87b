// SPDX-License-Identifier: MIT
#include "io/backend/poll/poll_backend.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "io/backend/file_operation.hpp"
#include "io/backend/receive_now.hpp"
#include "sys/wait.hpp"

namespace zocalo::io::detail {

void poll_backend::open_bell() {
    if (!bell_) bell_.emplace();
}

void poll_backend::expect() {
    open_bell();
    backend::expect();
}

int poll_backend::watch(system_descriptor& which, bool /*writing*/) {
    if (which.is_busy()) return 0;
    which.place = static_cast<std::uint32_t>(watched_.size());
    watched_.push_back(&which);
    return 0;
}

void poll_backend::unwatch(system_descriptor& which, bool /*writing*/) noexcept {
    if (!which.is_busy()) watched_[which.place] = nullptr;
}

/// Closes the gaps that those left who wait no more.
void poll_backend::tidy() noexcept {
    std::erase(watched_, nullptr);
    for (std::uint32_t place = 0; place < watched_.size(); ++place)
        watched_[place]->place = place;
}

/// True when that was all there is to wait for.
bool poll_backend::block_in_receive(zocalo::timeout limit) {
    if (!limit.is_none() || expects_others() || watched_.size() != 1) return false;
    system_descriptor& only = *watched_.front();
    if (only.writing != nullptr || only.reading->asked != operation::verb::receive) return false;
    // A descriptor in non-blocking mode says that it would block.
    if (!try_receive(static_cast<receive_operation&>(*only.reading), 0)) return false;
    operation& what = take(only.reading);
    watched_.clear();
    what.complete();
    return true;
}

bool poll_backend::do_file(file_operation& what) {
    what.wait();
    files_.push_back(&what);
    return true;
}

void poll_backend::cancel_file(file_operation& what) noexcept {
    if (std::erase(files_, &what) == 0) return backend::cancel_file(what);
    post_done(what, -ECANCELED);
}

/// The same as above for one that waits for a file; threads are for more than that.
bool poll_backend::block_in_file(zocalo::timeout limit) {
    const bool alone = limit.is_none() && !expects_others() && watched_.empty();
    if (alone && files_.size() == 1) {
        file_operation& what = *files_.front();
        files_.clear();
        what.work();
        what.complete();
        return true;
    }
    for (file_operation* each : std::exchange(files_, {}))
        do_on_thread(*each);
    return false;
}

/// Does what is due. Completing it at once gives a buffer back before the next one needs one; it
/// may close any descriptor, which then has left its place. Of one that somebody else has closed
/// nothing can be had; who only waits until it is ready would not find out.
void poll_backend::finish(std::size_t place, bool writing, unsigned events) {
    system_descriptor* const which = watched_[place];
    if (which == nullptr) return;
    operation*& slot = writing ? which->writing : which->reading;
    if (slot == nullptr) return;
    const bool is_closed = (events & POLLNVAL) != 0;
    if (!(is_closed ? done(*slot, -EBADF) : attempt_reported(*slot, events))) return;
    operation& what = take(slot);
    unwatch(*which, writing);
    what.complete();
}

void poll_backend::wait(zocalo::timeout limit) {
    tidy();
    if (!files_.empty() && block_in_file(limit)) return;
    if (time_to_wait().is_zero()) limit = zocalo::timeout::zero();  // no thread would take a file
    if (block_in_receive(limit)) return;
    entries_.clear();
    for (const system_descriptor* each : watched_) {
        const int events =
            (each->reading != nullptr ? POLLIN : 0) | (each->writing != nullptr ? POLLOUT : 0);
        entries_.push_back({each->fileno(), static_cast<short>(events), 0});
    }
    if (bell_) entries_.push_back({bell_->fileno(), POLLIN, 0});
    if (sys::poll(entries_.data(), entries_.size(), deadline{limit}) <= 0) return;

    constexpr unsigned failed = POLLERR | POLLHUP | POLLNVAL;
    const std::size_t count = entries_.size() - (bell_ ? 1 : 0);
    if (bell_ && entries_.back().revents != 0) bell_->hear();
    for (std::size_t i = 0; i < count; ++i) {
        const auto events = static_cast<unsigned>(entries_[i].revents);
        if ((events & (POLLIN | failed)) != 0) finish(i, false, events);
        if ((events & (POLLOUT | failed)) != 0) finish(i, true, events);
    }
}

}  // namespace zocalo::io::detail
