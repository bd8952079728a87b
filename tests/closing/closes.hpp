// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

/// Every close(2) of this program.
namespace zocalo::tests {

/// While it lives, closing fails: the kernel has given the number back, as it always does, says
/// that something went wrong, and at once the number is a stranger's. Whoever closes, writes to,
/// reads from or shuts down a number after that is found out.
///
/// One at a time.
class failing_closes {
 public:
    /// The n-th close fails with this, counted from 1; 0: each of them.
    explicit failing_closes(int error, std::uint64_t n = 0);
    failing_closes(const failing_closes&) = delete;
    failing_closes& operator=(const failing_closes&) = delete;
    ~failing_closes();

    /// How many there were, and how many of them failed.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    /// How often a number was closed that was a stranger's.
    [[nodiscard]] std::uint64_t of_strangers() const noexcept { return of_strangers_; }
    /// Nobody has sent something to a stranger, taken something from one, or shut one down.
    [[nodiscard]] bool strangers_are_untouched() const;

    /// What close() does meanwhile.
    int close(int fd) noexcept;

 private:
    [[nodiscard]] bool is_stranger(int fd) const noexcept;
    /// Whether that number belongs to a stranger now.
    bool move_in(int fd) noexcept;

    const int error_;
    const std::uint64_t n_;
    std::atomic<std::uint64_t> count_ = 0;
    std::atomic<std::uint64_t> failed_ = 0;
    std::atomic<std::uint64_t> of_strangers_ = 0;
    int stranger_ = -1;  ///< who moves in is a copy of it
    int peer_ = -1;      ///< of all of them
};

}  // namespace zocalo::tests
