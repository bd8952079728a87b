// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace zocalo::serve {
class connection;
}

namespace zocalo::program {

/// What the servers of this process are doing, for those who watch them. **Threads.** Any.
class monitor {
 public:
    using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

    struct visitor {
        std::string peer;
        std::string_view protocol;
        time_point since;
        std::uint64_t number = 0;
        std::uint64_t requests = 0;
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
    };
    struct error {
        time_point when;
        std::string text;
    };
    /// Sums at the beginning of a second.
    struct sample {
        std::chrono::sys_seconds when;
        std::uint64_t requests = 0;
        std::uint64_t sent = 0;
        std::size_t open = 0;
    };
    struct state {
        std::uint64_t accepted = 0;
        std::uint64_t requests = 0;
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
        std::size_t open = 0;
        std::vector<visitor> visitors;  ///< the latest ones
        std::vector<error> errors;      ///< the same
    };

    /// A client that is there, as long as this lives. Thread: that of the client's loop.
    class visit {
     public:
        visit(monitor& in, const serve::connection& client, std::string_view protocol);
        ~visit();
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

        /// One more request was answered.
        void count() noexcept;
        /// The visit of that client; null when there is none. Same thread.
        static visit* of(const serve::connection& client) noexcept;

     private:
        friend monitor;
        void note() noexcept;

        monitor& in_;
        const serve::connection& client_;
        visitor about_;
        std::atomic<std::uint64_t> requests_ = 0;
        std::atomic<std::uint64_t> received_ = 0;
        std::atomic<std::uint64_t> sent_ = 0;
        std::list<visit*>::iterator place_;
    };

    monitor();

    void failed(std::string text);
    /// One more response over HTTP, with such a status.
    void responded(std::uint16_t status);
    /// Responses by class, for Prometheus.
    [[nodiscard]] std::string to_prometheus() const;
    /// No more than so many visitors.
    [[nodiscard]] state now(std::size_t most) const;
    /// The last 120 seconds in which something happened, the oldest first.
    [[nodiscard]] std::vector<sample> history() const;

 private:
    void look_at_clock() noexcept;
    [[nodiscard]] state sums() const noexcept;

    mutable std::mutex mutex_;
    std::list<visit*> visits_;
    std::deque<error> errors_;
    std::vector<sample> history_;
    std::atomic<std::int64_t> sampled_ = 0;                  ///< second of the latest of them
    state before_;                                           ///< sums of those who have gone
    std::array<std::atomic<std::uint64_t>, 5> responses_{};  ///< 1xx to 5xx
};

}  // namespace zocalo::program
