// SPDX-License-Identifier: MIT
// The kernel numbers the zero-copy sends of a socket from 0, in 32 bits, and reports ranges of
// numbers on the error queue, mostly but not always in order.
#include "zocalo/net/zero_copy.hpp"

#include <linux/errqueue.h>

#include <algorithm>
#include <cerrno>

#include "net/fail.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "sys/wait.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"

namespace zocalo::net {

namespace {

bool switch_on(const socket& socket) {
    const int on = 1;
    const int result = sys::setsockopt(socket.fileno(), option::socket_level,
                                       option::zero_copy::name, &on, sizeof on);
    if (result == -EBADF) fail("zero_copy_sender", socket, result);
    return result == 0;
}

}  // namespace

zero_copy_sender::zero_copy_sender(socket& socket)
    : socket_(&socket), enabled_(switch_on(socket)) {}

zero_copy_sender::ticket zero_copy_sender::send_all(const_buffer data) {
    const deadline until{socket_->get_timeout()};
    bool copies = !enabled_;
    for (const_buffer rest = data; !rest.empty();) {
        const long sent = operate_until(*socket_, POLLOUT, until, [&]() noexcept -> long {
            return sys::send(socket_->fileno(), rest.data(), rest.size(),
                             copies ? 0 : static_cast<int>(message_flag::zero_copy));
        });
        if (sent == -ENOBUFS && !copies) {  // no more pages may be pinned now
            copies = true;
            continue;
        }
        if (sent < 0) fail("send_all", *socket_, sent);
        if (!copies) ++next_;
        rest = rest.without(static_cast<std::size_t>(sent));
    }
    return next_;
}

void zero_copy_sender::complete(std::uint32_t first, std::uint32_t last) {
    // The full number is the one with these low bits that is nearest above done_below_.
    const auto widen = [&](std::uint32_t low) {
        return done_below_ + static_cast<std::uint32_t>(std::uint64_t{low} + (1ULL << 32) -
                                                        (done_below_ & 0xFFFFFFFF));
    };
    const std::uint64_t from = widen(first);
    done_later_.emplace_back(
        from, from + static_cast<std::uint32_t>(std::uint64_t{last} + (1ULL << 32) - first) + 1);
    std::sort(done_later_.begin(), done_later_.end());
    auto range = done_later_.begin();
    while (range != done_later_.end() && range->first <= done_below_) {
        done_below_ = std::max(done_below_, range->second);
        ++range;
    }
    done_later_.erase(done_later_.begin(), range);
}

/// Takes one report off the error queue; false when there is none.
bool zero_copy_sender::read_completion() {
    incoming_control control;
    std::error_code error;
    std::byte nothing[1];
    (void)socket_->try_recv_msg({.data = mutable_buffer(nothing), .control = &control}, error,
                                message_flag::errqueue | message_flag::dont_wait);
    if (error == std::errc::operation_would_block) return false;
    if (error) fail("zero_copy_sender", *socket_, error.value());
    const auto report = control.error();
    if (!report || report->origin != error_report::origin_type::zero_copy) return true;
    copied_ = copied_ || (report->code & SO_EE_CODE_ZEROCOPY_COPIED) != 0;
    complete(report->info, report->data);
    return true;
}

bool zero_copy_sender::is_done(ticket sent) {
    while (done_below_ < sent && read_completion()) {
    }
    return done_below_ >= sent;
}

void zero_copy_sender::wait(ticket sent) {
    const deadline until{socket_->get_timeout()};
    while (!is_done(sent)) {
        // A closed connection counts as ready for ever, so each round also takes a moment.
        const timeout moment = std::chrono::milliseconds(1);
        int waited = sys::wait_ready(socket_->fileno(), 0, until, socket_->stop_fileno());
        if (waited == 0 && !is_done(sent)) {
            waited = sys::wait_ready(-1, 0, deadline{moment}, socket_->stop_fileno());
            if (waited == -ETIMEDOUT && !until.passed()) waited = 0;
        }
        if (waited < 0) fail("wait for zero-copy sends", *socket_, waited);
    }
}

}  // namespace zocalo::net
