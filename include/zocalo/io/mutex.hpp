// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>

#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/task.hpp"

/// Taking turns among the tasks of one loop. For threads there is <mutex>.
namespace zocalo::io {

/// A number of permits that tasks take and give back; whoever asked first gets the next one.
///
/// **Threads.** That of the loop only. **Cancellation** ends a wait with net::stopped and takes
/// nothing. Nobody may wait when it is destroyed.
class semaphore {
 public:
    /// One permit; given back when this is gone. Movable.
    class permit {
     public:
        permit() noexcept = default;
        permit(permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        permit& operator=(permit&& other) noexcept {
            if (this != &other) {
                give_back();
                of_ = std::exchange(other.of_, nullptr);
            }
            return *this;
        }
        ~permit() { give_back(); }

        void give_back() noexcept {
            if (of_ != nullptr) std::exchange(of_, nullptr)->release();
        }

     private:
        friend semaphore;
        explicit permit(semaphore& of) noexcept : of_(&of) {}
        semaphore* of_ = nullptr;
    };

    explicit semaphore(std::size_t permits) noexcept : free_(permits) {}

    /// Waits for a permit: `auto mine = co_await slots.acquire();`.
    [[nodiscard]] task<permit> acquire();
    /// How many could be taken without waiting.
    [[nodiscard]] std::size_t available() const noexcept { return free_; }

 private:
    void release() noexcept;

    std::size_t free_;
    detail::wait_queue waiting_;
};

/// One task at a time: `auto turn = co_await mutex.lock();`.
class mutex {
 public:
    [[nodiscard]] task<semaphore::permit> lock() { return one_.acquire(); }
    [[nodiscard]] bool is_locked() const noexcept { return one_.available() == 0; }

 private:
    semaphore one_{1};
};

/// Something that happens once, or again after reset(): tasks wait until it has.
class event {
 public:
    /// Lets everybody go on who waits, and all who come until reset().
    void set() noexcept;
    void reset() noexcept { is_set_ = false; }
    [[nodiscard]] bool is_set() const noexcept { return is_set_; }
    [[nodiscard]] task<> wait();

 private:
    bool is_set_ = false;
    detail::wait_queue waiting_;
};

}  // namespace zocalo::io
