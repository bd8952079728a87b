// SPDX-License-Identifier: MIT
#include "zocalo/io/timeout.hpp"

#include <cerrno>
#include <string>

#include "io/backend/contract.hpp"
#include "net/fail.hpp"

namespace zocalo::io::detail {

namespace {

time_point later(time_point now, zocalo::timeout span) noexcept {
    const auto wait = span.value().value_or(std::chrono::nanoseconds::max());
    return wait < time_point::max() - now ? now + wait : time_point::max();
}

}  // namespace

bool sleep_operation::begin(fiber& in, std::coroutine_handle<> who) {
    if (!enlist(in, who)) return false;
    wait();
    backend& engine = in.engine();
    // What is due takes its turn behind the others, lest a task that is late keeps them from
    // theirs.
    if (span_.is_zero() || (is_moment_ && at <= engine.now())) {
        engine.post_done(*this, 0);
        return true;
    }
    if (!is_moment_) {
        if (span_.is_none()) return true;  // until it is cancelled
        at = later(engine.now(), span_);
    }
    engine.start(*this);
    return true;
}

void sleep_operation::finish() const {
    if (result < 0) net::fail("sleep", result);
}

bool now_operation::begin(fiber& in, std::coroutine_handle<> /*who*/) noexcept {
    now_ = in.engine().now();
    return false;
}

void timed_group::arm() {
    if (!until_) {
        if (limit_.is_none()) return;
        until_ = later(where->engine().now(), limit_);
    }
    alarm_.at = *until_;
    where->engine().start(alarm_);
}

void timed_group::alarm::complete() noexcept {
    group.expired_ = true;
    group.cancel();
}

void timed_group::arrived(member& /*who*/, const std::exception_ptr& /*error*/) noexcept {
    where->engine().stop(alarm_);
}

void timed_group::explain(const net::stopped& error) const {
    if (!expired_ || where->cancelled()) throw;
    std::string origin = error.what();
    const std::string reason = ": " + error.code().message();
    if (origin.ends_with(reason)) origin.resize(origin.size() - reason.size());
    if (!limit_.is_none()) origin += " (limit " + net::to_text(limit_) + ")";
    net::fail(origin, -ETIMEDOUT);
}

}  // namespace zocalo::io::detail
