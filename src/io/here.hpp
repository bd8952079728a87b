// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>

#include "zocalo/io/detail/fiber.hpp"

namespace zocalo::io::detail {

/// `co_await here()`: the fiber that the task runs in.
class here {
 public:
    static bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> who) noexcept {
        in_ = &who.promise().where();
        return false;
    }
    [[nodiscard]] fiber& await_resume() const noexcept { return *in_; }

 private:
    fiber* in_ = nullptr;
};

}  // namespace zocalo::io::detail
