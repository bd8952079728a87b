// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "serve/server_core.hpp"
#include "zocalo/io/detail/stream_operations.hpp"

namespace zocalo::serve {

/// A connection with which nobody talks: its socket, a read that waits, and what the next handler
/// and the limits have to know. It is a fiber without a coroutine, and belongs to nobody.
class server::core::parked final : public io::detail::member {
 public:
    parked(core& of, arrival client) noexcept;
    parked(const parked&) = delete;
    parked& operator=(const parked&) = delete;
    ~parked() = default;

    /// Waits for the client; may find at once that it has spoken.
    void start() { in().start(*this, reading_); }
    /// Ends the wait.
    void end(detail::verdict why) noexcept;
    /// The server stops: it ends then if the client says nothing.
    void hurry(io::time_point until) noexcept { until_ = std::min(until_, until); }
    /// The connection again, with what came of the wait.
    [[nodiscard]] arrival leave();

    [[nodiscard]] const detail::past& so_far() const noexcept { return before_; }
    [[nodiscard]] io::time_point until() const noexcept { return until_; }

    static void* operator new(std::size_t size) { return io::detail::allocate_frame(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        io::detail::free_frame(memory, size);
    }

 private:
    struct waiting final : io::detail::read_transfer {
        using read_transfer::read_transfer;
        bool begin(io::detail::fiber& in) { return read_transfer::begin(in, nullptr, in.room()); }
    };

    void ended() noexcept override;
    void listen_to(arrival& client);

    core& server_;
    io::stream socket_;
    net::admission::place place_;
    std::shared_ptr<const introduction> proxy_;
    std::uint64_t number_;
    detail::past before_;
    io::time_point until_;
    waiting reading_;
};

}  // namespace zocalo::serve
