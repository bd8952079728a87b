// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/chunk.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/transport.hpp"

namespace zocalo::io::detail {

/// An operation on a transport: done by the backend when it knows the socket, and else by a task of
/// the transport's own.
class transport_operation : public operation {
 protected:
    transport_operation(verb which, transport* on_what) noexcept
        : operation(which), transport_(on_what) {}
    transport_operation(transport_operation&&) noexcept = default;
    ~transport_operation() = default;

    [[noreturn]] void fail(std::string_view what) const;

    transport* transport_;  ///< null: the stream is closed
};

/// A receive: into the caller's memory, or into a buffer that the backend lends.
class receive_operation : public transport_operation {
 public:
    [[nodiscard]] bool wants_chunk() const noexcept { return data == nullptr; }

    std::byte* data;          ///< where to; null asks for a chunk, and then says where it is
    std::size_t size;         ///< the room there
    lender* owner = nullptr;  ///< of the chunk
    std::uint32_t number = 0;

 protected:
    receive_operation(transport* from, mutable_buffer into) noexcept
        : transport_operation(verb::receive, from), data(into.data()), size(into.size()) {}
    receive_operation(receive_operation&&) noexcept = default;
    ~receive_operation() = default;
};

class read_operation : public receive_operation {
 public:
    explicit read_operation(transport* from) noexcept : receive_operation(from, {}) {}
    bool begin(fiber& in, std::coroutine_handle<> who);
    chunk finish();

 private:
    task<chunk> by_task_;
};

class read_some_operation : public receive_operation {
 public:
    read_some_operation(transport* from, mutable_buffer into) noexcept
        : receive_operation(from, into) {}
    bool begin(fiber& in, std::coroutine_handle<> who);
    std::size_t finish();

 private:
    task<std::size_t> by_task_;
};

/// A send of everything: one piece, or several gathered into as few system calls as possible.
class send_operation : public transport_operation {
 public:
    send_operation(transport* to, const_buffer only) noexcept
        : transport_operation(verb::send, to), only_(only) {}
    send_operation(transport* to, std::span<const const_buffer> pieces) noexcept
        : transport_operation(verb::send, to), many_(pieces) {}
    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish();

    [[nodiscard]] std::span<const const_buffer> pieces() const noexcept {
        return many_.data() == nullptr ? std::span(&only_, 1) : many_;
    }
    /// Whether there is a single piece, and something in it.
    [[nodiscard]] bool is_one() const noexcept { return many_.data() == nullptr && !only_.empty(); }
    /// Whether so much is the single piece, nothing of which was sent before.
    [[nodiscard]] bool is_all(std::size_t sent) const noexcept {
        return many_.data() == nullptr && sent == only_.size();
    }
    /// Of the backend: so much more was sent. True when that was all.
    bool advance(std::size_t sent) noexcept;
    std::size_t piece = 0;   ///< which one comes next
    std::size_t offset = 0;  ///< how much of it is sent

 private:
    const_buffer only_;
    std::span<const const_buffer> many_;
    task<> by_task_;
};

}  // namespace zocalo::io::detail
