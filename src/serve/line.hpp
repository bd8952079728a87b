// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>

namespace zocalo::serve::detail {

/// Whose turn it is when there are too few descriptors for the loops of a server.
///
/// Who has found none stands in line, and whoever wants to accept meanwhile stands behind: a loop
/// that has just let go of a descriptor would otherwise have it again before the others look, and
/// their clients would wait for as long as it has some. Any thread.
class line {
 public:
    class place;

    [[nodiscard]] bool is_empty() const noexcept { return length_.load() == 0; }

 private:
    std::mutex mutex_;
    std::deque<const place*> standing_;
    std::atomic<std::size_t> length_ = 0;  ///< the same without the lock
};

/// One who may stand in it, and does not when this ends.
class line::place {
 public:
    explicit place(line& in) noexcept : line_(in) {}
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() { leave(); }

    /// At its end, unless it stands there already.
    void join();
    void leave() noexcept;
    [[nodiscard]] bool is_standing() const noexcept { return is_standing_; }
    [[nodiscard]] bool is_first() const;

 private:
    line& line_;
    bool is_standing_ = false;
};

}  // namespace zocalo::serve::detail
