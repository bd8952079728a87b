// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <system_error>

#include "zocalo/core/unique_fd.hpp"

/// Ending a blocking call from outside: from another thread, or with Ctrl-C.
///
/// A call that waits on a socket which was told `stop_with(condition)` throws net::stopped soon
/// after the condition comes true, and so does every later wait: a stop is never taken back.
namespace zocalo::net {

/// What a call throws that was stopped: a std::system_error with std::errc::operation_canceled and
/// a type of its own, so that a program can end quietly where it catches this.
class stopped : public std::system_error {
 public:
    using std::system_error::system_error;
};

/// What a socket, poller or server can be told to watch beside its own business.
///
/// It must outlive everything that watches it.
class stop_condition {
 public:
    stop_condition(const stop_condition&) = delete;
    stop_condition& operator=(const stop_condition&) = delete;

    [[nodiscard]] bool stopped() const noexcept;
    /// Readable from the moment of the stop on; for use with a poller. Owned by this object.
    [[nodiscard]] int fileno() const noexcept { return fd_.get(); }

 protected:
    explicit stop_condition(unique_fd fd) noexcept : fd_(static_cast<unique_fd&&>(fd)) {}
    ~stop_condition() = default;

    unique_fd fd_;
};

/// A stop that the program asks for.
class stop_source : public stop_condition {
 public:
    /// Throws std::system_error when there are no descriptors left.
    stop_source();
    /// From any thread, and from a signal handler; a second time changes nothing.
    void request_stop() noexcept;
};

/// A stop when any of several conditions comes true; all of them must outlive it.
class stop_any : public stop_condition {
 public:
    /// Throws std::system_error when there are no descriptors left, as add() does.
    stop_any(std::initializer_list<const stop_condition*> conditions = {});
    void add(const stop_condition& condition);
};

/// A stop when the process gets one of some signals: Ctrl-C and the polite kill, unless others are
/// named.
///
/// From the constructor to the destructor the signals are blocked in the calling thread and in
/// every thread that it starts, so they do nothing but this. Make one at the start of main(),
/// before other threads.
class stop_signal : public stop_condition {
 public:
    static constexpr int interrupt = 2;   ///< SIGINT, from Ctrl-C
    static constexpr int terminate = 15;  ///< SIGTERM, from kill

    explicit stop_signal(std::initializer_list<int> signals = {interrupt, terminate});
    /// Forgets signals that came in the meantime, then lets them act again as before.
    ~stop_signal();

 private:
    alignas(8) unsigned char old_mask_[128];  // sigset_t
};

}  // namespace zocalo::net
