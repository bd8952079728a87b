// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
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

    /// A dialogue with a client, as long as this lives. The client is there until ended(): it may
    /// be parked, and talked with again. Thread: that of the client's loop.
    class visit {
     public:
        visit(monitor& in, const serve::connection& client, std::string_view protocol);
        ~visit();
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

     private:
        monitor& in_;
        const serve::connection& client_;
    };

    /// One more request of that client was answered, who is being talked with. Same thread.
    void count(const serve::connection& client) noexcept;
    /// That client has gone, who may never have been talked with. Same thread.
    void ended(const serve::connection& client) noexcept;

    monitor();

    void failed(std::string text);
    /// One more response over HTTP, with such a status.
    void responded(std::uint16_t status);
    enum class gopher_answer : std::uint8_t { ok, error, broken };
    /// One more answer over Gopher.
    void responded(gopher_answer what);
    /// Responses by class, for Prometheus.
    [[nodiscard]] std::string to_prometheus() const;
    /// No more than so many visitors.
    [[nodiscard]] state now(std::size_t most) const;
    /// The last 120 seconds in which something happened, the oldest first.
    [[nodiscard]] std::vector<sample> history() const;

 private:
    /// A client that is there.
    struct guest {
        visitor about;
        std::atomic<std::uint64_t> requests = 0;
        std::atomic<std::uint64_t> received = 0;
        std::atomic<std::uint64_t> sent = 0;
        std::list<std::unique_ptr<guest>>::iterator place;
    };

    static std::unordered_map<std::uint64_t, guest*>& guests_here();
    static void note(const serve::connection& client) noexcept;
    void look_at_clock() noexcept;
    [[nodiscard]] state sums() const noexcept;

    mutable std::mutex mutex_;
    std::list<std::unique_ptr<guest>> guests_;  ///< the latest first
    std::deque<error> errors_;
    std::vector<sample> history_;
    std::atomic<std::int64_t> sampled_ = 0;                  ///< second of the latest of them
    state before_;                                           ///< sums of those who have gone
    std::array<std::atomic<std::uint64_t>, 5> responses_{};  ///< 1xx to 5xx
    std::array<std::atomic<std::uint64_t>, 3> answers_{};    ///< by gopher_answer
};

}  // namespace zocalo::program
