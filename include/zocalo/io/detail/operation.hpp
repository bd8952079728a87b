// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "zocalo/io/detail/fiber.hpp"

namespace zocalo::io::detail {

/// One thing that a fiber waits for. It lives in the frame of the task that awaits it; from begin()
/// to complete() it and its buffers belong to the backend.
class operation : public ready_item {
 public:
    enum class verb : std::uint8_t {
        own,      ///< known by its owner alone: timers, groups, channels
        receive,  ///< some bytes, into the caller's memory or a chunk
        send,     ///< all bytes
        accept,
        connect,
        ready,            ///< readiness of a descriptor, nothing more
        receive_packets,  ///< datagrams with their addresses
        send_packets,
    };
    enum class state : std::uint8_t {
        idle,
        waiting,    ///< the backend has it
        cancelled,  ///< the backend has it and was asked to give it back
        done,       ///< the result is there; complete() comes
    };

    /// Asks for an early end, after which the result is there as always.
    virtual void cancel() noexcept;

    /// Resumes who waits.
    void complete() override;

    /// Says whose it is. False, with a result of −ECANCELED, when that fiber is cancelled already.
    bool enlist(fiber& in, std::coroutine_handle<> who) noexcept;

    /// Makes it the one thing that its fiber waits for, until complete().
    void wait() noexcept {
        now = state::waiting;
        where->wait_for(*this);
    }

    fiber* where = nullptr;
    std::coroutine_handle<> waiter;  ///< none: a thread that blocks in block_on()
    descriptor* on = nullptr;
    std::int32_t result = 0;  ///< a count, or −errno
    verb asked = verb::own;
    state now = state::idle;

    /// Nobody is asked for faults: who began it has been asked.
    void leave_alone() noexcept { left_alone_ = true; }
    [[nodiscard]] bool is_left_alone() const noexcept { return left_alone_; }

 protected:
    operation() noexcept = default;
    explicit operation(verb which) noexcept : asked(which) {}
    /// Moved only before it begins.
    operation(operation&&) noexcept = default;
    ~operation() = default;

 private:
    bool left_alone_ = false;
};

inline bool operation::enlist(fiber& in, std::coroutine_handle<> who) noexcept {
    where = &in;
    waiter = who;
    if (in.cancelled()) [[unlikely]] {
        result = -ECANCELED;
        now = state::done;
        return false;
    }
    return true;
}

/// A moment on the backend's clock.
class timer_operation : public operation {
 public:
    using time_point = std::chrono::steady_clock::time_point;

    void cancel() noexcept override;

    time_point at{};
    std::size_t position = nowhere;  ///< of the backend: its place in the heap
    static constexpr std::size_t nowhere = SIZE_MAX;

 protected:
    timer_operation() noexcept = default;
    timer_operation(timer_operation&&) noexcept = default;
    ~timer_operation() = default;
};

/// Makes an operation awaitable, and usable without coroutines by get().
///
/// `Operation::begin(fiber, waiter)` starts it and says whether there is something to wait for;
/// `Operation::finish()` returns or throws what came of it.
template <class Operation>
class [[nodiscard]] awaitable final : public Operation {
 public:
    using Operation::Operation;

    static bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> who) {
        return this->begin(who.promise().where(), who);
    }
    decltype(auto) await_resume() { return this->finish(); }

    /// Blocks the calling thread until it is done. Throws std::logic_error inside of a loop.
    decltype(auto) get() {
        block_on(
            [](void* self, fiber& in) { return static_cast<awaitable*>(self)->begin(in, nullptr); },
            this);
        return this->finish();
    }
};

}  // namespace zocalo::io::detail
