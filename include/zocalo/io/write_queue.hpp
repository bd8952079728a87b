// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <string>
#include <vector>

#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

/// One stream that several tasks write to.
namespace zocalo::io {

namespace detail {
class wait_to_write;
}

/// What happens to a message for which there is no room.
enum class overflow : std::uint8_t {
    wait,    ///< who writes it waits until there is
    refuse,  ///< it is an error of that message alone: std::errc::no_buffer_space
    drop,    ///< the queue has failed, and with it the connection: who reads so slowly loses it
};

struct write_queue_options {
    /// Bytes that wait for the stream to take them. One message has room in an empty queue always.
    std::size_t most_bytes = std::size_t{1} << 20;
    overflow policy = overflow::wait;
};

/// Whole messages from any number of tasks, written one after another in the order in which they
/// came; those that wait go out together.
///
///     io::write_queue out(peer);
///     co_await io::any(out.run(), talk(peer, out));  // talk() and what it starts write to `out`
///
/// Messages belong to the queue as soon as they are in it: whoever wrote one may be cancelled, and
/// no message is torn apart. **Errors.** What ends run() ends every write, those under way and
/// those to come, with the same error; when run() was cancelled, with
/// std::errc::connection_aborted.
/// **Threads.** That of the loop only. **Lifetime.** The stream must outlive it, and nobody else
/// writes to that while run() is under way. Nobody may wait when it is destroyed.
class write_queue {
 public:
    explicit write_queue(stream& to, write_queue_options options = {}) noexcept
        : to_(to), options_(options) {}
    write_queue(const write_queue&) = delete;
    write_queue& operator=(const write_queue&) = delete;

    /// Writes what comes until close(), and all that came before it. Once.
    ///
    /// Throws what the stream throws, and std::errc::no_buffer_space when the queue was dropped.
    /// **Cancellation** may leave a message half sent: nothing can be written after that.
    [[nodiscard]] task<> run();

    /// Puts a message behind all others; does not wait for the stream to take it.
    ///
    /// **Cancellation** while it waits for room leaves nothing of it in the queue. Throws
    /// std::errc::broken_pipe after close().
    [[nodiscard]] task<> put(std::string message);
    /// The same for a message in two parts, which go out one behind the other.
    [[nodiscard]] task<> put(std::string head, std::string rest);
    /// The same, and waits until the stream has taken it. **Cancellation** then does not take it
    /// back.
    [[nodiscard]] task<> write(std::string message);
    /// Puts it when there is room now; false, and nothing was done, when there is none. Whatever
    /// the policy is, it never waits and never drops.
    [[nodiscard]] bool try_put(std::string message);
    /// The same for a message in two parts, which are left as they are when there is no room.
    ///
    /// `soon`: it goes out once the task that runs now waits, where the loop can do that, while it
    /// is still at hand in the processor's cache. What several tasks put one after the other goes
    /// out together only without that.
    [[nodiscard]] bool try_put(std::string& head, std::string& rest, bool soon = false);
    /// Waits until the stream has taken everything that is in the queue now.
    [[nodiscard]] task<> flush();

    /// No more messages; run() ends when the last one is written. Who waits for room gets
    /// std::errc::broken_pipe.
    void close() noexcept;

    /// Bytes that the stream has not taken.
    [[nodiscard]] std::size_t size() const noexcept { return bytes_; }
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

 private:
    [[nodiscard]] bool has_room(std::size_t size) const noexcept;
    void check() const;
    void overflowed(std::size_t size);
    std::uint64_t push(std::string message);
    std::uint64_t append(std::string message);
    task<std::uint64_t> placed(std::string head, std::string rest);
    task<> written(std::uint64_t place);
    task<> drain();
    std::size_t take(std::vector<std::string>& batch);
    void fail(std::exception_ptr why) noexcept;
    void wake(bool soon) noexcept;

    stream& to_;
    const write_queue_options options_;
    std::deque<std::string> waiting_;
    std::size_t bytes_ = 0;   ///< of those that wait and those that are being written
    std::uint64_t came_ = 0;  ///< messages
    std::uint64_t written_ = 0;
    bool closed_ = false;
    std::exception_ptr failure_;
    mutex entrance_;  ///< for who waits for room: the first one first
    detail::wait_queue room_;
    detail::wait_queue progress_;
    detail::wait_to_write* idle_ = nullptr;  ///< where run() waits for something to write
    event dropped_;                          ///< whatever is being written ends
};

}  // namespace zocalo::io
