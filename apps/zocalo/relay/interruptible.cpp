// SPDX-License-Identifier: MIT
#include "relay/interruptible.hpp"

#include <fmt/core.h>

#include <system_error>
#include <utility>

#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

using io::signals;

std::string backend_of(const io::loop& which) {
    return fmt::format("loops on {}: {}", which.backend(), escaped(which.reason()));
}

interruptible::interruptible(std::function<void()> on_hang_up)
    : on_hang_up_(std::move(on_hang_up)),
      signals_(on_hang_up_ ? signals({signals::hang_up, signals::interrupt, signals::terminate})
                           : signals({signals::interrupt, signals::terminate})) {}

io::task<> interruptible::watch() {
    for (;;) {
        const int signal = co_await signals_.next();
        if (signal == signals::hang_up) {
            on_hang_up_();
        } else if (stop_.is_set()) {
            co_return;
        } else {
            stop_.set();
        }
    }
}

void interruptible::run(io::task<> work) {
    try {
        loop_.run(io::any(std::move(work), watch()));
    } catch (const std::system_error&) {
        if (!stop_.is_set()) throw;
    }
    if (stop_.is_set()) {
        throw net::stopped(std::make_error_code(std::errc::operation_canceled), "stopped");
    }
}

}  // namespace zocalo::program
