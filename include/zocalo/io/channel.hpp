// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstddef>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>

#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/task.hpp"

/// Values that go from task to task.
namespace zocalo::io {

/// A queue with room for so many values: who sends waits while it is full, who receives while it is
/// empty.
///
/// Any number of tasks of one loop may use either end. **Cancellation** ends a wait with
/// net::stopped; no value is lost or doubled. Nobody may wait when it is destroyed.
template <class T>
class channel {
 public:
    /// Throws std::invalid_argument when there would be no room at all.
    explicit channel(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) throw std::invalid_argument("channel: a capacity of 0 holds nothing");
    }

    /// Waits for room. False when the channel is closed, and the value is gone.
    [[nodiscard]] task<bool> send(T value) {
        while (values_.size() >= capacity_ && !closed_) {
            co_await room_.wait("wait for room in a channel");
        }
        if (closed_) co_return false;
        values_.push_back(std::move(value));
        arrived_.wake_one();
        co_return true;
    }

    /// The next value; nothing when the channel is closed and empty.
    [[nodiscard]] task<std::optional<T>> receive() {
        while (values_.empty()) {
            if (closed_) co_return std::nullopt;
            co_await arrived_.wait("wait for a value from a channel");
        }
        std::optional<T> value(std::move(values_.front()));
        values_.pop_front();
        room_.wake_one();
        if (!values_.empty()) arrived_.wake_one();  // for one who was woken and went
        co_return value;
    }

    /// Ends it: what is inside can still be received.
    void close() noexcept {
        closed_ = true;
        room_.wake_all();
        arrived_.wake_all();
    }
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }

 private:
    std::size_t capacity_;
    std::deque<T> values_;
    bool closed_ = false;
    detail::wait_queue arrived_;
    detail::wait_queue room_;
};

}  // namespace zocalo::io
