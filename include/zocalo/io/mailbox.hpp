// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"

/// Values that go from loop to loop, and from threads to loops.
namespace zocalo::io {

namespace detail {

class crossing;

/// A wait for what happens on another thread.
class crossing_wait : public operation {
 public:
    crossing_wait(crossing& in, std::uint64_t seen) noexcept : queue_(in), seen_(seen) {}
    crossing_wait(crossing_wait&&) noexcept = default;

    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish() const;
    void cancel() noexcept override;

 protected:
    ~crossing_wait() = default;

 private:
    friend crossing;
    crossing& queue_;
    std::uint64_t seen_;
};

/// Fibers of any loops, and threads in get(), that wait for something to have happened.
///
/// Under the lock of whoever has it, look whether there is something to do, and if not take
/// count(). Then wait(count) without the lock: that ends at once when something has happened
/// meanwhile.
class crossing {
 public:
    explicit crossing(std::mutex& lock) noexcept : mutex_(lock) {}
    crossing(const crossing&) = delete;
    crossing& operator=(const crossing&) = delete;
    ~crossing();

    // Under the lock, on any thread.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// Something has happened: for one, or for all who wait.
    void tell_one();
    void tell_all();

    /// Without the lock.
    [[nodiscard]] auto wait(std::uint64_t seen) noexcept {
        return awaitable<crossing_wait>(*this, seen);
    }

 private:
    friend crossing_wait;
    void wake_first();

    std::mutex& mutex_;
    std::uint64_t count_ = 0;
    std::deque<crossing_wait*> waiting_;
};

}  // namespace detail

/// A queue with room for so many values, whose ends may be on different threads.
///
///     io::mailbox<job> jobs(100);            // both loops know it
///     co_await jobs.send(next);              // in a task of one loop: waits while it is full
///     auto mine = co_await jobs.receive();   // in a task of another one
///
/// Loops share nothing else, so this is how work goes from one to another. Any number of tasks and
/// threads may use either end; try_send() and try_receive() never wait. For tasks of one loop there
/// is channel, which is cheaper. **Cancellation** ends a wait with net::stopped; no value is lost
/// or doubled. **Lifetime.** Nobody may wait when it is destroyed; who has received the last value
/// may destroy it, although its sender has not returned yet. **Threads.** All of them.
template <class T>
class mailbox {
 public:
    /// Throws std::invalid_argument when there would be no room at all.
    explicit mailbox(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) throw std::invalid_argument("mailbox: a capacity of 0 holds nothing");
    }

    /// Waits for room. False when the mailbox is closed, and the value is gone.
    [[nodiscard]] task<bool> send(T value) {
        for (;;) {
            std::uint64_t seen = 0;
            const result came = put(value, seen);
            if (came != result::full) co_return came == result::taken;
            co_await room_.wait(seen);
        }
    }
    /// False when it is full or closed: a variable keeps its value then.
    [[nodiscard]] bool try_send(T& value) {
        std::uint64_t seen = 0;
        return put(value, seen) == result::taken;
    }
    [[nodiscard]] bool try_send(T&& value) {
        T mine(std::move(value));
        return try_send(mine);
    }

    /// The next value; nothing when the mailbox is closed and empty.
    [[nodiscard]] task<std::optional<T>> receive() {
        for (;;) {
            std::uint64_t seen = 0;
            bool over = false;
            std::optional<T> value = take(over, seen);
            if (value || over) co_return value;
            co_await arrived_.wait(seen);
        }
    }
    [[nodiscard]] std::optional<T> try_receive() {
        std::uint64_t seen = 0;
        bool over = false;
        return take(over, seen);
    }

    /// Ends it: what is inside can still be received.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        room_.tell_all();
        arrived_.tell_all();
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return values_.size();
    }

 private:
    enum class result : std::uint8_t { taken, full, closed };

    // Giving the lock back is the last thing that either does: whoever is on the other side may
    // destroy all of this then.

    /// Full: `seen` is what to wait for room with.
    result put(T& value, std::uint64_t& seen) {
        const std::lock_guard lock(mutex_);
        seen = room_.count();
        if (closed_) return result::closed;
        if (values_.size() >= capacity_) return result::full;
        values_.push_back(std::move(value));
        arrived_.tell_one();
        return result::taken;
    }
    /// None, and not over: `seen` is what to wait for one with.
    std::optional<T> take(bool& over, std::uint64_t& seen) {
        std::optional<T> value;
        const std::lock_guard lock(mutex_);
        seen = arrived_.count();
        over = closed_ && values_.empty();
        if (values_.empty()) return value;
        value.emplace(std::move(values_.front()));
        values_.pop_front();
        room_.tell_one();
        return value;
    }

    std::size_t capacity_;
    mutable std::mutex mutex_;
    std::deque<T> values_;
    bool closed_ = false;
    detail::crossing arrived_{mutex_};
    detail::crossing room_{mutex_};
};

}  // namespace zocalo::io
