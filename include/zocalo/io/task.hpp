// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "zocalo/io/detail/fiber.hpp"

/// Work that waits without holding a thread: a function that returns a task may use co_await.
namespace zocalo::io {

template <class T>
class task;

namespace detail {

/// Frames come from a free list of the calling thread, so a steady program allocates none.
[[nodiscard]] void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

/// Destroys the frame of a task that has failed: tasks that it had not come to await go with it.
void destroy_failed(std::coroutine_handle<> frame) noexcept;

/// A task is destroyed that was never awaited. Unless a failure is the reason: prints what was done
/// wrong and aborts.
void never_awaited() noexcept;
/// Prints what was done wrong and aborts.
[[noreturn]] void destroyed_while_running() noexcept;

/// What a task keeps beside its result.
class promise_base {
 public:
    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

    static std::suspend_always initial_suspend() noexcept { return {}; }

    /// Goes back to whoever awaits the task, unless that one is still inside of start().
    struct final_awaiter {
        static bool await_ready() noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
            promise_base& promise = self.promise();
            if (promise.continuation_) return promise.continuation_;
            promise.where_->finished();
            return std::noop_coroutine();
        }
        static void await_resume() noexcept {}
    };
    static final_awaiter final_suspend() noexcept { return {}; }

    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    [[nodiscard]] fiber& where() const noexcept { return *where_; }
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }
    [[nodiscard]] bool started() const noexcept { return where_ != nullptr; }

    /// Runs the task in `in` until it first waits for something: true then, and false when it has
    /// ended already.
    ///
    /// Resuming here, instead of by symmetric transfer, keeps the stack flat in builds where that
    /// is no tail call (GCC at -O0, AddressSanitizer).
    bool start(std::coroutine_handle<> self, fiber& in, std::coroutine_handle<> then) {
        where_ = &in;
        continuation_ = std::noop_coroutine();  // to here, not to who awaits it
        self.resume();
        if (self.done()) return false;
        continuation_ = then;
        return true;
    }

 protected:
    promise_base() noexcept = default;

    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

 private:
    fiber* where_ = nullptr;
    std::coroutine_handle<> continuation_;
    std::exception_ptr error_;
};

template <class T>
class promise final : public promise_base {
 public:
    task<T> get_return_object() noexcept;

    template <class Value = T>
        requires std::convertible_to<Value&&, T>
    void return_value(Value&& value) {
        value_.emplace(std::forward<Value>(value));
    }
    T take() {
        rethrow();
        return std::move(*value_);
    }

 private:
    std::optional<T> value_;
};

template <>
class promise<void> final : public promise_base {
 public:
    inline task<void> get_return_object() noexcept;
    static void return_void() noexcept {}
    void take() const { rethrow(); }
};

}  // namespace detail

/// A piece of work that has not begun: it runs when it is awaited, or with get().
///
///     io::task<std::string> greeting(io::stream& peer) {
///         const io::chunk hello = co_await peer.read();
///         co_return std::string(hello.text());
///     }
///
/// `co_await` it once, from another task: it runs there until it ends, and its value or exception
/// comes out. get() runs it on the calling thread instead and blocks. What runs tasks side by side
/// is in all.hpp, any.hpp and scope.hpp.
///
/// **Cancellation** is ambient: it reaches what the task waits for, which then throws
/// std::errc::operation_canceled. **Lifetime.** Parameters by value live in the task; what it
/// refers to must outlive it. **Threads.** A task stays on the thread that started it. **Misuse.**
/// A task that is destroyed before it was awaited (unless an exception does it), or while it waits,
/// ends the program with a message: the first was forgotten, the second would dangle.
template <class T = void>
class [[nodiscard]] task {
 public:
    using promise_type = detail::promise<T>;
    using value_type = T;

    /// No task: only good for being assigned to.
    task() noexcept = default;
    task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    task& operator=(task&& other) noexcept {
        if (this != &other) {
            drop();
            frame_ = std::exchange(other.frame_, nullptr);
        }
        return *this;
    }
    ~task() { drop(); }

    /// Runs it to its end on the calling thread, without a loop, and returns its value or throws.
    ///
    /// Throws std::logic_error inside of a running loop: there, co_await it.
    T get() && {
        detail::block_on(
            [](void* self, detail::fiber& in) { return static_cast<task*>(self)->begin(in); },
            this);
        return frame_.promise().take();
    }

    /// Gives up a task that will not be needed.
    void discard() && noexcept { std::exchange(frame_, nullptr).destroy(); }

    // --- for the engine and for awaiting
    // --------------------------------------------------------------

    static bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        return frame_.promise().start(frame_, waiter.promise().where(), waiter);
    }
    T await_resume() { return frame_.promise().take(); }

    /// Runs it as the first task of a fiber: whether it waits for something now.
    bool begin(detail::fiber& in, std::coroutine_handle<> then = nullptr) {
        return frame_.promise().start(frame_, in, then);
    }
    explicit operator bool() const noexcept { return frame_ != nullptr; }
    [[nodiscard]] bool is_started() const noexcept { return frame_ && frame_.promise().started(); }
    /// Of a task that has ended: its exception if there is one; its value, or that exception
    /// thrown.
    [[nodiscard]] const std::exception_ptr& error() const noexcept {
        return frame_.promise().error();
    }
    T take() { return frame_.promise().take(); }

    /// The task as a bare address, for whoever has no room for more; adopt() owns it again.
    [[nodiscard]] void* release() noexcept { return std::exchange(frame_, nullptr).address(); }
    static task adopt(void* released) noexcept {
        return task(std::coroutine_handle<promise_type>::from_address(released));
    }

 private:
    friend promise_type;
    explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    void drop() noexcept {
        if (!frame_) return;
        if (!frame_.promise().started()) {
            detail::never_awaited();
        } else if (!frame_.done()) {
            detail::destroyed_while_running();
        } else if (frame_.promise().error()) {
            return detail::destroy_failed(frame_);
        }
        frame_.destroy();
    }

    std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
task<T> promise<T>::get_return_object() noexcept {
    return task<T>(std::coroutine_handle<promise>::from_promise(*this));
}
task<void> promise<void>::get_return_object() noexcept {
    return task<void>(std::coroutine_handle<promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace zocalo::io
