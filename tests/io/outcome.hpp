// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "zocalo/io/scope.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

/// What operations end with that were cancelled, or came too late.
namespace zocalo::tests {

/// What the task ended with: no error for success.
inline io::task<std::error_code> outcome_of(io::task<> what) {
    try {
        co_await std::move(what);
    } catch (const std::system_error& error) {
        co_return error.code();
    }
    co_return std::error_code{};
}
inline io::task<std::error_code> outcome_within(std::chrono::milliseconds limit, io::task<> what) {
    return outcome_of(io::timeout(limit, std::move(what)));
}

inline io::task<> begin_in_cancelled_scope(io::scope& in, io::task<> what) {
    in.cancel();
    const std::error_code outcome = co_await outcome_of(std::move(what));
    EXPECT_EQ(outcome, std::errc::operation_canceled) << outcome.message();
}
/// It is refused, and nothing of it done, in a task that was cancelled before.
inline io::task<> expect_no_beginning(io::task<> what) {
    io::scope scope;
    io::task<> inside = begin_in_cancelled_scope(scope, std::move(what));
    co_await scope.run(std::move(inside));
}

}  // namespace zocalo::tests
