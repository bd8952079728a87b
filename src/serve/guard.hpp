// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "io/backend/descriptor.hpp"
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

[[nodiscard]] io::time_point later(io::time_point from, timeout span) noexcept;

/// What is known of a connection however often its handler begins anew.
struct past {
    /// When it ends if nothing comes any more, and of what.
    [[nodiscard]] io::time_point quiet_until() const noexcept;
    [[nodiscard]] verdict quiet_verdict() const noexcept;
    /// Whether the client has said a word, but for bytes that nobody has read. Until then its first
    /// request may be on its way, which no protocol tells.
    [[nodiscard]] bool has_asked(std::size_t unread = 0) const noexcept {
        return received - unread + sent > opening;
    }
    /// When it ends if the server stops now and it says nothing.
    [[nodiscard]] io::time_point first_word_until(io::time_point now) const noexcept;

    std::shared_ptr<const limits> within;
    io::time_point born{};
    io::time_point quiet_since{};  ///< the last time that something moved, or a wait began
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint32_t note = 0;  ///< the handler's
    /// Bytes that had come and gone when it rested for the first time: of a handshake, or none.
    std::uint64_t opening = 0;
    bool has_rested = false;
    verdict why = verdict::none;
};

/// The group that a handler runs in, with an alarm.
///
/// The stream tells it when it waits for the peer and what came of that. The alarm rings at the
/// earliest moment at which a limit could be passed; then either one is, and the handler is
/// cancelled, or it is set again. Nothing is set or unset for a single read.
class guard final : public io::detail::group {
 public:
    /// Keeps a reference to `news`, which is told when the connection begins to rest.
    guard(past before, io::detail::wait_queue& news) noexcept
        : past_(std::move(before)), news_(news) {}
    ~guard() = default;
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

    /// The group is open: counts from now.
    void arm();
    void arrived(io::detail::member& who, const std::exception_ptr& error) noexcept override;

    // --- Told by the connection and its stream

    void enter(phase to) noexcept;
    void begin_wait() noexcept;
    void begin_read() noexcept;
    void end_read(std::size_t came) noexcept;
    /// The wait is over, and so much came in and went out in it.
    void end_wait(std::size_t came, std::size_t went) noexcept;
    /// Went out in a wait that goes on.
    void sent(std::size_t bytes) noexcept;
    /// A write did not end well: nobody knows how much of it went out.
    void broke_off() noexcept { broke_off_ = true; }
    /// Nobody may take what was sent for the whole.
    void abort() noexcept { is_aborted_ = true; }
    /// In this phase the handler can do without a read that waits.
    void may_park() noexcept;
    void remember(std::uint32_t number) noexcept { past_.note = number; }
    [[nodiscard]] std::uint32_t remembered() const noexcept { return past_.note; }
    /// The read that ends without anything has to say that there is nothing more.
    [[nodiscard]] bool is_parking() const noexcept {
        return is_parking_ && past_.why == verdict::none && !all_cancelled();
    }

    // --- Told and asked by the server

    /// So many bytes have come and were not read: that is no rest.
    void hold(std::size_t unread) noexcept { unread_ = unread; }
    /// The handler may be parked, whose reads are made on that socket.
    void let_park(io::detail::descriptor* socket) noexcept { socket_ = socket; }
    /// For whoever goes on with this connection.
    [[nodiscard]] const past& so_far() const noexcept { return past_; }
    /// Ends it, unless that was done already.
    void end(verdict why) noexcept;
    /// The server stops: ends it if it rests, now or later; if it has not asked yet, after a while.
    void drain() noexcept;

    [[nodiscard]] bool is_draining() const noexcept { return draining_.is_set(); }
    [[nodiscard]] io::task<> wait_for_drain() { return draining_.wait(); }
    [[nodiscard]] bool is_resting() const noexcept { return phase_ == phase::resting; }
    [[nodiscard]] io::time_point quiet_since() const noexcept { return past_.quiet_since; }
    [[nodiscard]] verdict why() const noexcept { return past_.why; }
    /// The same for its owner; nothing when that is no reason to tell the peer.
    [[nodiscard]] std::optional<ending> ended_for() const noexcept;
    /// Whether something that is written now is not in the middle of something else.
    [[nodiscard]] bool may_be_told() const noexcept {
        return !broke_off_ && !is_aborted_ && phase_ != phase::body && !all_cancelled();
    }
    [[nodiscard]] bool is_aborted() const noexcept { return is_aborted_; }
    /// Whether what the peer has not taken is to be thrown away: the handler has said so, or a
    /// limit of time has ended it while its peer did not take what was sent.
    [[nodiscard]] bool is_reset() const noexcept {
        if (is_aborted_) return true;
        return broke_off_ && (past_.why == verdict::idle || past_.why == verdict::too_slow ||
                              past_.why == verdict::too_old);
    }
    /// Whether everything was cancelled, and not only this.
    [[nodiscard]] bool all_cancelled() const noexcept { return where->cancelled(); }
    /// Of a limit in time that was passed: std::errc::timed_out with a message that names it.
    [[nodiscard]] std::exception_ptr time_is_up(const peer& who) const;
    [[nodiscard]] std::uint64_t bytes_received() const noexcept { return past_.received; }
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return past_.sent; }

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
        verdict what;  ///< none: the handler is parked
    };

    [[nodiscard]] std::string reason() const;
    [[nodiscard]] io::time_point clock() const noexcept;
    /// The limit that is passed first if nothing moves from now on.
    [[nodiscard]] limit next_limit() const noexcept;
    [[nodiscard]] std::optional<io::time_point> rate_limit() const noexcept;
    void check() noexcept;
    void park() noexcept;
    void set_alarm() noexcept;
    void know_wait() noexcept;
    void leave() noexcept;
    [[nodiscard]] bool waits_for_first_word() const noexcept;
    void moved(std::size_t bytes, io::time_point when) noexcept;

    past past_;
    io::detail::wait_queue& news_;
    io::detail::descriptor* socket_ = nullptr;  ///< of a handler that may be parked
    alarm alarm_{*this};
    io::time_point phase_began_{};
    io::time_point wait_began_{};
    std::chrono::nanoseconds waited_{0};  ///< in this phase, but for the wait that is going on
    std::uint64_t moved_ = 0;             ///< in this phase
    io::event draining_;
    io::time_point leaves_at_{};  ///< when no first word comes
    std::size_t unread_ = 0;      ///< bytes that have come
    unsigned waits_ = 0;          ///< that are going on
    phase phase_ = phase::open;
    bool broke_off_ = false;
    bool is_aborted_ = false;
    bool armed_ = false;
    bool knows_wait_ = false;  ///< the alarm does not ring too late for a wait in this phase
    bool may_park_ = false;
    bool reads_ = false;       ///< a read waits
    bool is_parking_ = false;  ///< and was told to end
};

}  // namespace zocalo::serve::detail
