// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/detail/wait_queue.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/serve/connection.hpp"
#include "zocalo/serve/limits.hpp"
#include "zocalo/serve/server.hpp"

/// What watches over one connection.
namespace zocalo::serve::detail {

/// Why a connection was ended before its handler had.
enum class verdict {
    none,
    idle,
    too_long_head,
    too_slow,
    too_old,
    evicted,
    drained,  ///< rested when the server stopped
    cut_off,
};

/// The group that a handler runs in, with an alarm.
///
/// The stream tells it when it waits for the peer and what came of that. The alarm rings at the
/// earliest moment at which a limit could be passed; then either one is, and the handler is
/// cancelled, or it is set again. Nothing is set or unset for a single read.
class guard final : public io::detail::group {
 public:
    /// Keeps a reference to `news`, which is told when the connection begins to rest.
    guard(std::shared_ptr<const limits> within, io::detail::wait_queue& news) noexcept
        : limits_(std::move(within)), news_(news) {}
    ~guard() = default;
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

    /// The group is open: counts from now.
    void arm();
    void arrived(io::detail::member& who, const std::exception_ptr& error) noexcept override;

    // --- Told by the connection and its stream

    void enter(phase to) noexcept;
    void begin_wait() noexcept;
    /// The wait is over, and so much came in and went out in it.
    void end_wait(std::size_t came, std::size_t went) noexcept;
    /// Went out in a wait that goes on.
    void sent(std::size_t bytes) noexcept;
    /// A write did not end well: nobody knows how much of it went out.
    void broke_off() noexcept { broke_off_ = true; }

    // --- Told and asked by the server

    /// Ends it, unless that was done already.
    void end(verdict why) noexcept;
    /// The server stops: ends it if it rests, now or later.
    void drain() noexcept;

    [[nodiscard]] bool is_draining() const noexcept { return draining_.is_set(); }
    [[nodiscard]] io::task<> wait_for_drain() { return draining_.wait(); }
    [[nodiscard]] bool is_resting() const noexcept { return phase_ == phase::resting; }
    [[nodiscard]] io::time_point quiet_since() const noexcept { return quiet_since_; }
    [[nodiscard]] verdict why() const noexcept { return verdict_; }
    /// The same for its owner; nothing when that is no reason to tell the peer.
    [[nodiscard]] std::optional<ending> ended_for() const noexcept;
    /// Whether something that is written now is not in the middle of something else.
    [[nodiscard]] bool may_be_told() const noexcept {
        return !broke_off_ && phase_ != phase::body && !all_cancelled();
    }
    /// Whether everything was cancelled, and not only this.
    [[nodiscard]] bool all_cancelled() const noexcept { return where->cancelled(); }
    /// Of a limit in time that was passed: std::errc::timed_out with a message that names it.
    [[nodiscard]] std::exception_ptr time_is_up(const peer& who) const;
    [[nodiscard]] std::uint64_t bytes_received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return sent_; }

    guard* next = nullptr;  ///< of the server's list
    guard* previous = nullptr;

 private:
    struct alarm final : io::detail::timer_operation {
        explicit alarm(guard& of) noexcept : watched(of) {}
        void complete() noexcept override { watched.check(); }
        guard& watched;
    };
    struct limit {
        io::time_point at;
        verdict what;
    };

    [[nodiscard]] std::string reason() const;
    [[nodiscard]] io::time_point clock() const noexcept;
    /// The limit that is passed first if nothing moves from now on.
    [[nodiscard]] limit next_limit() const noexcept;
    [[nodiscard]] std::optional<io::time_point> rate_limit() const noexcept;
    void check() noexcept;
    void set_alarm() noexcept;
    void moved(std::size_t bytes, io::time_point when) noexcept;

    std::shared_ptr<const limits> limits_;
    io::detail::wait_queue& news_;
    alarm alarm_{*this};
    io::time_point born_{};
    io::time_point phase_began_{};
    io::time_point quiet_since_{};  ///< the last time that something moved, or a wait began
    io::time_point wait_began_{};
    std::chrono::nanoseconds waited_{0};  ///< in this phase, but for the wait that is going on
    std::uint64_t received_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t moved_ = 0;  ///< in this phase
    io::event draining_;
    unsigned waits_ = 0;  ///< that are going on
    phase phase_ = phase::open;
    verdict verdict_ = verdict::none;
    bool broke_off_ = false;
    bool armed_ = false;
};

}  // namespace zocalo::serve::detail
