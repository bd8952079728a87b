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

/// Calls `call()` until it is not interrupted by a signal.
template <class Call>
inline auto retry(Call call) noexcept -> decltype(call()) {
    for (;;) {
        const auto result = call();
        if (result >= 0) [[likely]]
            return result;
        if (errno != EINTR) return -static_cast<decltype(call())>(errno);
    }
}

/// For calls that must not be made again after a signal (close) or that cannot be interrupted.
template <class Result>
inline Result once(Result result) noexcept {
    return result >= 0 ? result : -static_cast<Result>(errno);
}

}  // namespace zocalo::sys
