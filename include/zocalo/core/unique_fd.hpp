// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

/// One owner for one file descriptor.
namespace zocalo {

/// Owns a descriptor and closes it when destroyed; −1 means that it owns nothing.
///
/// Move-only. Two threads may not touch the same object at once; the descriptor itself is the
/// kernel's business. Closing never throws: the kernel gives the number back even when it reports
/// an error.
class unique_fd {
 public:
    constexpr unique_fd() noexcept = default;

    /// Takes over `fd`, which nobody else may close from now on.
    constexpr explicit unique_fd(int fd) noexcept : fd_(fd) {}

    unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.fd_, -1));
        return *this;
    }
    unique_fd(const unique_fd&) = delete;
    unique_fd& operator=(const unique_fd&) = delete;
    ~unique_fd() { reset(); }

    [[nodiscard]] constexpr int get() const noexcept { return fd_; }
    constexpr explicit operator bool() const noexcept { return fd_ >= 0; }

    /// Gives the descriptor up without closing it; the caller owns it now.
    [[nodiscard]] constexpr int release() noexcept { return std::exchange(fd_, -1); }

    /// Closes what is owned, then owns `fd`.
    void reset(int fd = -1) noexcept {
        if (const int old = std::exchange(fd_, fd); old >= 0) close(old);
    }

 private:
    static void close(int fd) noexcept;

    int fd_ = -1;
};

}  // namespace zocalo
