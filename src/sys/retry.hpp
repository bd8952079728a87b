// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>

/// The cellar: the only folder of the project that makes system calls and reads errno.
///
/// Every wrapper keeps the kernel's own convention: a result of zero or more on success, −errno on
/// failure. It retries EINTR, so a signal never shows; it never raises SIGPIPE; it makes no
/// descriptor that a child would inherit. Turning the number into an exception with a message is
/// the business of the rooms above.
namespace zocalo::sys {

/// What retry() does after a failure. Out of line, which keeps the calls that succeed short.
template <auto Call, class... Arguments>
[[gnu::cold, gnu::noinline]] auto retry_failed(Arguments... arguments) noexcept {
    auto result = decltype(Call(arguments...)){-1};
    while (result < 0 && errno == EINTR) {
        result = Call(arguments...);
    }
    return result >= 0 ? result : -static_cast<decltype(result)>(errno);
}

/// Calls until it is not interrupted by a signal: `retry<::read>(fd, data, size)`.
template <auto Call, class... Arguments>
inline auto retry(Arguments... arguments) noexcept {
    const auto result = Call(arguments...);
    if (result >= 0) [[likely]]
        return result;
    return retry_failed<Call>(arguments...);
}

/// For calls that must not be made again after a signal (close) or that cannot be interrupted.
template <class Result>
inline Result once(Result result) noexcept {
    return result >= 0 ? result : -static_cast<Result>(errno);
}

/// The standard library's streams leave their reason in errno, or nothing: clear it, open, ask.
inline void clear_error() noexcept {
    errno = 0;
}
inline int last_error() noexcept {
    return errno;
}

/// The other way round, for a library that calls us as if we were the system: −1 and errno.
inline long set_errno(long result) noexcept {
    if (result >= 0) return result;
    errno = static_cast<int>(-result);
    return -1;
}

}  // namespace zocalo::sys
