// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"

/// Work that cannot wait without holding a thread.
namespace zocalo::io {

namespace detail {

/// Something that a thread of the loop's pool does.
class blocking_operation : public operation {
 public:
    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish() const;
    /// Ends it when no thread has begun; one that has may be using what the task owns.
    void cancel() noexcept override;
    /// On the other thread.
    virtual void work() noexcept = 0;

 protected:
    ~blocking_operation() = default;
};

template <class Function>
class blocking_call : public blocking_operation {
 public:
    using value = std::invoke_result_t<Function&>;
    explicit blocking_call(Function& function) noexcept : function_(function) {}

    void work() noexcept override {
        try {
            if constexpr (std::is_void_v<value>) {
                function_();
            } else {
                value_.emplace(function_());
            }
        } catch (...) {
            error_ = std::current_exception();
        }
    }
    value take() {
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<value>) return std::move(*value_);
    }

 private:
    struct nothing {};
    Function& function_;
    std::optional<std::conditional_t<std::is_void_v<value>, nothing, value>> value_;
    std::exception_ptr error_;
};

}  // namespace detail

/// Runs a function on another thread and waits for it without holding this one: file systems,
/// libraries that block, long computations.
///
/// The loop keeps at most 16 such threads; more work waits for its turn. **Cancellation** ends
/// it with net::stopped while no thread has begun; a function that runs is not interrupted, the
/// task goes on when it has returned. What it throws comes out here.
template <class Function>
[[nodiscard]] task<std::invoke_result_t<Function&>> spawn_blocking(Function function) {
    detail::awaitable<detail::blocking_call<Function>> call(function);
    co_await call;
    co_return call.take();
}

}  // namespace zocalo::io
