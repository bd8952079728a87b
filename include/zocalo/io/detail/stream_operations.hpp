// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
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
    std::uint32_t number = 0;
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

    std::span<const const_buffer> pieces;
    std::size_t piece = 0;   ///< which one comes next
    std::size_t offset = 0;  ///< how much of it is sent
};

/// What a task waits for: done by the backend when it knows the socket, and else by a task of the
/// transport's own.
template <class T>
class transfer {
 protected:
    explicit transfer(transport* on_what) noexcept : transport_(on_what) {}
    transfer(transfer&&) noexcept = default;
    ~transfer() = default;

    transport* transport_;            ///< null: the stream is closed
    operation* under_way_ = nullptr;  ///< in the fiber's room, when the backend does it
    task<T> by_task_;                 ///< and when it does not

 public:
    bool undisturbed = false;  ///< nobody is asked for faults: who began it has been asked
};

/// What stream::read() gives.
class read_transfer : public transfer<chunk> {
 public:
    explicit read_transfer(transport* from) noexcept : transfer(from) {}
    bool begin(fiber& in, std::coroutine_handle<> who, operation_room& room);
    chunk finish();

 private:
    bool wants_task(fiber& in);
};

/// What stream::read_some() gives.
class read_some_transfer : public transfer<std::size_t> {
 public:
    read_some_transfer(transport* from, mutable_buffer into) noexcept
        : transfer(from), into_(into) {}
    bool begin(fiber& in, std::coroutine_handle<> who, operation_room& room);
    std::size_t finish();

 private:
    bool wants_task(fiber& in);
    mutable_buffer into_;
};

/// What stream::write() gives.
class write_transfer : public transfer<void> {
 public:
    write_transfer(transport* to, const_buffer all) noexcept : transfer(to), only(all) {}
    write_transfer(transport* to, std::span<const const_buffer> pieces) noexcept
        : transfer(to), is_one_(false), many(pieces) {}
    bool begin(fiber& in, std::coroutine_handle<> who, operation_room& room);
    void finish();

 private:
    bool wants_task(fiber& in);
    [[nodiscard]] std::span<const const_buffer> pieces() const noexcept {
        return is_one_ ? std::span(&only, 1) : many;
    }

    bool is_one_ = true;  // first, where the base leaves room
    union {
        const_buffer only;
        std::span<const const_buffer> many;
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
