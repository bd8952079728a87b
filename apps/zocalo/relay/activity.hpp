// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

/// When something has last come or gone.
class activity {
 public:
    activity() noexcept : began_(now()), last_move_(began_) {}

    void touch() noexcept { last_move_ = now(); }
    /// Since the beginning.
    [[nodiscard]] io::time_point::duration age() const noexcept { return now() - began_; }
    /// Ends when nothing has moved for so long.
    io::task<> silence(timeout limit) const;

 private:
    [[nodiscard]] static io::time_point now() noexcept { return std::chrono::steady_clock::now(); }

    io::time_point began_;
    io::time_point last_move_;
};

}  // namespace zocalo::program
