// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <cstddef>
#include <string_view>

#include "zocalo/io/detail/operation.hpp"

namespace zocalo::io::detail {

class wait_queue;

/// A place in a queue of fibers.
class wait_operation : public operation {
 public:
    wait_operation(wait_queue& in, const char* what_for) noexcept : queue_(in), name_(what_for) {}
    wait_operation(wait_operation&&) noexcept = default;

    bool begin(fiber& in, std::coroutine_handle<> who) noexcept;
    void finish() const;
    void cancel() noexcept override;

 protected:
    ~wait_operation() = default;

 private:
    friend wait_queue;
    wait_queue& queue_;
    const char* name_;  ///< for the message of a cancellation
    wait_operation* earlier_ = nullptr;
    wait_operation* later_ = nullptr;
};

/// Fibers of one loop that wait for each other, the first one first.
class wait_queue {
 public:
    wait_queue() noexcept = default;
    wait_queue(const wait_queue&) = delete;
    wait_queue& operator=(const wait_queue&) = delete;
    ~wait_queue();

    [[nodiscard]] auto wait(const char* what_for) noexcept {
        return awaitable<wait_operation>(*this, what_for);
    }
    /// Lets the first one, or all, go on in the next turn. False when there was nobody.
    bool wake_one() noexcept;
    void wake_all() noexcept;
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

 private:
    friend wait_operation;
    void push(wait_operation& who) noexcept;
    void remove(wait_operation& who) noexcept;

    wait_operation* first_ = nullptr;
    wait_operation* last_ = nullptr;
};

}  // namespace zocalo::io::detail
