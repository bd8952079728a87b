// SPDX-License-Identifier: MIT
#include "io/backend/poll/poll_backend.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "io/backend/file_operation.hpp"
#include "sys/wait.hpp"

namespace zocalo::io::detail {

void poll_backend::expect() {
    if (!bell_) bell_.emplace();
    backend::expect();
}

int poll_backend::watch(system_descriptor& which, bool /*writing*/) {
    if (!which.is_busy()) watched_.push_back(&which);
    return 0;
}

void poll_backend::unwatch(system_descriptor& which, bool /*writing*/) noexcept {
    if (!which.is_busy()) std::erase(watched_, &which);
}

/// True when that was all there is to wait for.
bool poll_backend::block_in_receive(zocalo::timeout limit) {
    if (!limit.is_none() || expects_others() || watched_.size() != 1) return false;
    system_descriptor& only = *watched_.front();
    if (only.writing != nullptr || only.reading->asked != operation::verb::receive) return false;
    // A descriptor in non-blocking mode says that it would block.
    if (!attempt(*only.reading, 0)) return false;
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

/// Does what is due and lets the loop complete it: completing here would change the list.
void poll_backend::finish(operation*& slot) {
    if (slot == nullptr || !attempt(*slot, MSG_DONTWAIT)) return;
    post(take(slot));
}

void poll_backend::wait(zocalo::timeout limit) {
    if (!files_.empty() && block_in_file(limit)) return;
    if (block_in_receive(limit)) return;
    entries_.clear();
    for (const system_descriptor* each : watched_) {
        const int events =
            (each->reading != nullptr ? POLLIN : 0) | (each->writing != nullptr ? POLLOUT : 0);
        entries_.push_back({each->fileno(), static_cast<short>(events), 0});
    }
    if (bell_) entries_.push_back({bell_->fileno(), POLLIN, 0});
    if (sys::poll(entries_.data(), entries_.size(), deadline{limit}) <= 0) return;

    constexpr short failed = POLLERR | POLLHUP | POLLNVAL;
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        const short events = entries_[i].revents;
        if ((events & (POLLIN | failed)) != 0) finish(watched_[i]->reading);
        if ((events & (POLLOUT | failed)) != 0) finish(watched_[i]->writing);
    }
    std::erase_if(watched_, [](const system_descriptor* each) { return !each->is_busy(); });
    if (bell_ && entries_.back().revents != 0) bell_->hear();
}

}  // namespace zocalo::io::detail
