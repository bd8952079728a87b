// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::io::detail {

class group;

/// A fiber that belongs to a group.
class member : public fiber {
 public:
    explicit member(group& in) noexcept;
    void complete() noexcept final;
    /// Another one of the group, until all were seen.
    [[nodiscard]] const member* next_member() const noexcept { return next_; }

 protected:
    ~member() = default;
    /// Its first task has ended, and it does not belong to the group any more.
    virtual void ended() noexcept = 0;
    [[nodiscard]] group& in() const noexcept { return *in_; }

 private:
    friend group;
    group* in_;
    member* previous_ = nullptr;
    member* next_ = nullptr;
};

/// Fibers that run side by side, and the one fiber that waits until all of them have ended.
///
/// A cancellation of the waiting fiber reaches all members. The wait goes on until they have ended,
/// so that nothing which they refer to goes away under them.
class group : public operation {
 public:
    [[nodiscard]] bool is_open() const noexcept { return where != nullptr; }
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] const member* first() const noexcept { return first_; }

    /// Runs a task, or whatever begins as one does, as the first one of `who` until it waits for
    /// something.
    template <class Work>
    void start(member& who, Work& what) {
        link(who);
        if (cancelled_) who.cancel();
        if (!what.begin(who)) who.finished();
    }

    /// Cancels all members that have not ended, and those that will start.
    void cancel() noexcept override;

    /// A member has ended, perhaps with an error. Unless a kind of group does something else, an
    /// error cancels the others, and the first one is kept.
    virtual void arrived(member& who, const std::exception_ptr& error) noexcept;
    /// Throws the first error, and is as new.
    void rethrow() {
        now = state::idle;
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

    /// `co_await opened()`: the group belongs to the awaiting fiber and members may start.
    auto opened() noexcept { return opening{*this}; }

    /// `co_await joined()`: all members have ended.
    auto joined() noexcept { return joining{*this}; }

 protected:
    group() noexcept = default;
    ~group() = default;
    /// The last member has ended while somebody waits for that.
    virtual void all_ended() noexcept {}

 private:
    friend member;
    struct opening {
        group& self;
        static bool await_ready() noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> who) const noexcept {
            self.where = &who.promise().where();
            self.cancelled_ = false;
            return false;
        }
        static void await_resume() noexcept {}
    };
    struct joining {
        group& self;
        static bool await_ready() noexcept { return false; }
        bool await_suspend(std::coroutine_handle<> who) const noexcept { return self.join(who); }
        static void await_resume() noexcept {}
    };
    bool join(std::coroutine_handle<> who) noexcept;
    void link(member& who) noexcept;
    void unlink(member& who) noexcept;

    member* first_ = nullptr;
    std::exception_ptr error_;
    bool cancelled_ = false;
};

/// A group that does nothing beside its business.
class plain_group final : public group {};

inline member::member(group& in) noexcept : fiber(*in.where), in_(&in) {}

/// A member that keeps the value or error of its task until the group is gone. What the task itself
/// owns goes when it ends.
template <class T>
class task_member final : public member {
 public:
    /// What one is made from, in a single argument, so that a tuple can make it in place.
    struct seed {
        group& in;
        task<T>& what;
    };
    explicit task_member(seed from) noexcept : member(from.in), task_(std::move(from.what)) {}

    void start() { in().start(*this, task_); }
    T take() {
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<T>) return std::move(*value_);
    }

 private:
    void ended() noexcept override {
        error_ = task_.error();
        if constexpr (!std::is_void_v<T>) {
            if (!error_) value_.emplace(task_.take());
        }
        task_ = {};
        in().arrived(*this, error_);
    }

    struct nothing {};
    task<T> task_;
    std::exception_ptr error_;
    std::optional<std::conditional_t<std::is_void_v<T>, nothing, T>> value_;
};

}  // namespace zocalo::io::detail
