// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/stop.hpp"

/// Signals of the process as something to wait for.
namespace zocalo::io {

/// From the constructor to the destructor the signals do nothing but come out of next(); those that
/// nobody asked for by then are forgotten.
///
/// They are blocked in the calling thread and in every thread that it starts: make one at the start
/// of main(), before other threads and before the loop. **Threads.** next() in one task at a time.
class signals {
 public:
    static constexpr int hang_up = 1;     ///< SIGHUP: read the configuration again
    static constexpr int interrupt = 2;   ///< SIGINT, from Ctrl-C
    static constexpr int terminate = 15;  ///< SIGTERM, from kill

    /// Throws std::system_error when there are no descriptors left, std::invalid_argument for a
    /// number that is no signal.
    explicit signals(std::initializer_list<int> which = {interrupt, terminate});

    /// Waits for the next signal: its number. **Cancellation** loses none.
    [[nodiscard]] task<int> next();

 private:
    net::stop_signal blocked_;
    stream coming_;
};

}  // namespace zocalo::io
