// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace zocalo::io::detail {

class backend;  // src/io/backend/contract.hpp
class operation;
class descriptor;      // src/io/backend/descriptor.hpp
class watched_socket;  // watched_socket.hpp

/// What a loop can hold in its queue until its turn comes.
class ready_item {
 public:
    /// The turn has come. Has to be the last thing that is done with the object. Throws nothing;
    /// it is not noexcept, for then resuming a coroutine could not be the last call in it, which
    /// would leave one more return for the processor to guess after each system call.
    virtual void complete() = 0;

    ready_item* next = nullptr;  ///< of the queue

 protected:
    ~ready_item() = default;
};

/// Where the transfer lives that a fiber waits for. A fiber waits for one thing at a time, so one
/// room is enough: a task has none in its frame for each `co_await`.
struct operation_room {
    alignas(8) std::byte bytes[72];
};

/// One line of tasks that await each other; it waits for one thing at a time.
///
/// This is what is ambient in a task: the backend that runs it and whether it is cancelled. A task
/// shares the fiber of whoever awaits it. What runs tasks side by side (all, any, scope, timeout)
/// gives each one a fiber of its own, and passes a cancellation on to them. complete() is called
/// when the fiber's first task has ended.
class fiber : public ready_item {
 public:
    explicit fiber(backend& engine) noexcept : engine_(&engine), elsewhere(nullptr) {}
    /// A fiber started by another one: cancelled from the start if that one is.
    explicit fiber(const fiber& parent) noexcept  // NOLINT: it is no copy, and in no queue
        : engine_(parent.engine_), cancelled_(parent.cancelled_), elsewhere(nullptr) {}
    fiber& operator=(const fiber&) = delete;

    [[nodiscard]] backend& engine() const noexcept { return *engine_; }
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

    /// Makes what it waits for now, and everything that it will wait for, fail with
    /// std::errc::operation_canceled. It is resumed from the loop, never from in here.
    void cancel() noexcept;

    void wait_for(operation& what) noexcept {
        const bool in_room = static_cast<void*>(&what) == space.bytes;
        waits_ = in_room ? waits::in_room : waits::elsewhere;
        if (!in_room) elsewhere = &what;
    }
    void wait_over() noexcept { waits_ = waits::not_at_all; }
    /// Null while it runs.
    [[nodiscard]] const operation* waits_for() const noexcept;
    [[nodiscard]] operation_room& room() noexcept { return space; }

    /// Told by the first task, as the last thing that it does.
    void finished() noexcept;

 protected:
    ~fiber() = default;

 private:
    enum class waits : std::uint8_t { not_at_all, in_room, elsewhere };

    backend* engine_;
    waits waits_ = waits::not_at_all;
    bool cancelled_ = false;
    union {
        operation_room space;  // of nothing, most of the time
        operation* elsewhere;
    };
};

/// Runs something to its end on the calling thread. `begin` starts it in a fiber and says whether
/// there is something to wait for.
void block_on(bool (*begin)(void* what, fiber& in), void* what);

}  // namespace zocalo::io::detail
