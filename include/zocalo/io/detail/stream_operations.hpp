// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"

/// Reading and writing streams, which is what nearly all tasks wait for.
///
/// What a backend works on, the operation, lives in its fiber's room. What a task has in its frame
/// for each `co_await` is only what was asked for.
namespace zocalo::io::detail {

/// A receive: into the caller's memory, or into a buffer that the backend lends.
class receive_operation final : public operation {
 public:
    receive_operation(descriptor* from, mutable_buffer into) noexcept
        : operation(verb::receive), data(into.data()), size(into.size()) {
        on = from;
    }
    [[nodiscard]] bool wants_chunk() const noexcept { return data == nullptr; }

    std::byte* data;          ///< where to; null asks for a chunk, and then says where it is
    std::size_t size;         ///< the room there
    lender* owner = nullptr;  ///< of the chunk
};

/// A send of everything: one piece, or several gathered into as few system calls as possible.
class send_operation final : public operation {
 public:
    send_operation(descriptor* to, std::span<const const_buffer> all) noexcept
        : operation(verb::send), pieces(all) {
        on = to;
    }
    /// Whether so much is the single piece, nothing of which was sent before.
    [[nodiscard]] bool is_all(std::size_t sent) const noexcept {
        return pieces.size() == 1 && sent == pieces[0].size();
    }
    /// Whether there is nothing in it to send; moves on to the first piece with something in it.
    [[nodiscard]] bool is_nothing() noexcept {
        return (pieces.empty() || pieces[0].empty()) && advance(0);
    }
    /// Of the backend: so much more was sent. True when that was all.
    bool advance(std::size_t sent) noexcept;

    std::span<const const_buffer> pieces;  ///< those that are not sent, but for some of the first
    std::size_t offset = 0;                ///< how much of that is
};

/// What a task waits for: done by the backend when it knows the socket, and else by a task of the
/// transport's own.
///
/// Each `co_await` has one in the frame, so it is a single pointer: to what is asked, until it
/// begins, and then to what does it. Which of them it is stands in bits that pointers leave free.
template <class T>
class transfer {
 public:
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    /// Nobody is asked for faults: who began it has been asked.
    void leave_alone() noexcept { become(stage::left_alone, address()); }
    [[nodiscard]] bool is_left_alone() const noexcept { return now() == stage::left_alone; }

 protected:
    explicit transfer(transport* on_what, bool marked = false) noexcept : bits_(marked ? mark : 0) {
        become(stage::asked, on_what);
    }
    transfer(transfer&& other) noexcept : bits_(std::exchange(other.bits_, 0)) {}
    ~transfer() {
        if (now() == stage::by_task) (void)task<T>::adopt(address());
    }

    /// Before it begins; null: the stream is closed.
    [[nodiscard]] transport* on() const noexcept { return static_cast<transport*>(address()); }

    void keep(operation& in_room) noexcept { become(stage::in_room, &in_room); }
    /// In the fiber's room, when the backend does it; else null.
    [[nodiscard]] operation* in_room() const noexcept {
        return now() == stage::in_room ? static_cast<operation*>(address()) : nullptr;
    }

    /// The same of a watched socket, which has the operation.
    void keep(watched_socket& watch) noexcept { become(watched, &watch); }
    [[nodiscard]] watched_socket* watch() const noexcept {
        return now() == watched ? static_cast<watched_socket*>(address()) : nullptr;
    }

    bool begin_task(task<T> made, fiber& in, std::coroutine_handle<> who) {
        const bool waits = made.begin(in, who);
        become(stage::by_task, made.release());
        return waits;
    }
    T result_of_task() {
        task<T> ended = task<T>::adopt(address());
        become(stage::asked, nullptr);
        return ended.take();
    }
    /// A bit for the derived class.
    [[nodiscard]] bool is_marked() const noexcept { return (bits_ & mark) != 0; }

 private:
    enum class stage : std::uintptr_t { asked, left_alone, in_room, by_task };
    /// What was left alone has begun when it is asked for this.
    static constexpr stage watched = stage::left_alone;
    static constexpr std::uintptr_t stages = 3;
    static constexpr std::uintptr_t mark = 4;

    [[nodiscard]] stage now() const noexcept { return static_cast<stage>(bits_ & stages); }
    [[nodiscard]] void* address() const noexcept {
        return reinterpret_cast<void*>(bits_ & ~(stages | mark));  // NOLINT: made by become()
    }
    void become(stage which, void* what) noexcept {
        const auto number = reinterpret_cast<std::uintptr_t>(what);  // NOLINT: of eight, always
        bits_ = number | static_cast<std::uintptr_t>(which) | (bits_ & mark);
    }

    std::uintptr_t bits_ = 0;
};

/// What stream::read() gives.
class read_transfer : public transfer<chunk> {
 public:
    explicit read_transfer(transport* from) noexcept : transfer(from) {}
    bool begin(fiber& in, std::coroutine_handle<> who, operation_room& room);
    chunk finish();

 private:
    /// A task that does it, when the backend does not; else none.
    task<chunk> do_otherwise(fiber& in);
};

/// What stream::read_some() gives.
class read_some_transfer : public transfer<std::size_t> {
 public:
    read_some_transfer(transport* from, mutable_buffer into) noexcept
        : transfer(from), into_(into) {}
    bool begin(fiber& in, std::coroutine_handle<> who, operation_room& room);
    std::size_t finish();

 private:
    task<std::size_t> do_otherwise(fiber& in);
    mutable_buffer into_;
};

/// What stream::write() gives.
class write_transfer : public transfer<void> {
 public:
    write_transfer(transport* to, const_buffer all) noexcept : transfer(to), one(all) {}
    write_transfer(transport* to, std::span<const const_buffer> pieces) noexcept
        : transfer(to, true), several(pieces) {}
    bool begin(fiber& in, std::coroutine_handle<> who, operation_room& room);
    void finish();

 private:
    task<> do_otherwise(fiber& in);
    [[nodiscard]] std::span<const const_buffer> pieces() const noexcept {
        return is_marked() ? several : std::span(&one, 1);
    }

    union {
        const_buffer one;
        std::span<const const_buffer> several;  ///< when it is marked
    };
};

/// Makes a transfer awaitable, and usable without coroutines by get().
template <class Transfer>
class [[nodiscard]] awaitable_transfer final : public Transfer {
 public:
    using Transfer::Transfer;

    static bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> who) {
        fiber& in = who.promise().where();
        return this->begin(in, who, in.room());
    }
    decltype(auto) await_resume() { return this->finish(); }

    /// Blocks the calling thread until it is done. Throws std::logic_error inside of a loop.
    decltype(auto) get() {
        struct {
            awaitable_transfer& self;
            operation_room room;  // which outlives the fiber of block_on()
        } here{*this, {}};
        block_on(
            [](void* what, fiber& in) {
                auto& call = *static_cast<decltype(here)*>(what);
                return call.self.begin(in, nullptr, call.room);
            },
            &here);
        return this->finish();
    }
};

}  // namespace zocalo::io::detail
