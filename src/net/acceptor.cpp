// SPDX-License-Identifier: MIT
#include "zocalo/net/acceptor.hpp"

#include <algorithm>
#include <cerrno>

#include "net/accept_next.hpp"
#include "net/fail.hpp"
#include "sys/wait.hpp"

namespace zocalo::net {

timeout acceptor::pause() const noexcept {
    return paused_ ? paused_->remaining() : timeout::zero();
}

void acceptor::begin_pause() noexcept {
    ++exhausted_;
    paused_.emplace(next_pause_);
    next_pause_ = std::min(2 * next_pause_, longest_pause);
}

std::optional<accepted> acceptor::try_accept(std::error_code& error) {
    if (!pause().is_zero()) {
        error = error_from(EAGAIN);
        return std::nullopt;
    }
    paused_.reset();
    auto connection = listener_.try_accept(error);
    if (connection) {
        next_pause_ = shortest_pause;
    } else if (!belongs_to_socket(error.value())) {
        begin_pause();
    }
    return connection;
}

accepted acceptor::accept() {
    for (;;) {
        const int waited =
            paused_ ? sys::wait_ready(-1, 0, *paused_, listener_.stop_fileno()) : -ETIMEDOUT;
        if (waited != -ETIMEDOUT) fail("accept", listener_, waited);
        std::error_code error;
        if (auto connection = try_accept(error)) return *std::move(connection);
        if (belongs_to_socket(error.value())) fail("accept", listener_, error.value());
    }
}

}  // namespace zocalo::net
