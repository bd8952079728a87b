// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "zocalo/io/loop.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::program {

/// How a loop waits, and why in that way: "loops on epoll: the default".
[[nodiscard]] std::string backend_of(const io::loop& which);

/// A loop for work that Ctrl-C, or a polite kill, ends in good order.
///
/// From the constructor on the signals do nothing else: make it before anything that takes time.
class interruptible {
 public:
    /// With `on_hang_up`, SIGHUP calls that instead of ending the program.
    explicit interruptible(std::function<void()> on_hang_up = {});

    /// Set by Ctrl-C: the work should save what it has, and end. A second one cancels it.
    [[nodiscard]] io::event& stop() noexcept { return stop_; }

    [[nodiscard]] std::string backend() const { return backend_of(loop_); }

    /// Runs it to its end. Throws net::stopped when that came by Ctrl-C, else what `work` throws.
    void run(io::task<> work);

 private:
    io::task<> watch();

    std::function<void()> on_hang_up_;
    io::signals signals_;
    io::loop loop_;
    io::event stop_;
};

}  // namespace zocalo::program
