// SPDX-License-Identifier: MIT
#include "io/misuse.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "zocalo/io/task.hpp"

namespace zocalo::io::detail {

namespace {

[[noreturn]] void die(const char* mistake) noexcept {
    std::fprintf(stderr, "zocalo: %s\n", mistake);
    std::abort();
}

/// How many frames of failed tasks this thread is destroying, each inside of the one before.
int& failures_under_way() noexcept {
    static constinit thread_local int depth = 0;
    return depth;
}

}  // namespace

void nothing_can_happen() noexcept {
    die("all tasks wait for each other: no socket, timer or thread can wake one of them");
}

void closed_while_busy() noexcept {
    die("a stream or listener was destroyed while a task waits on it");
}

void scope_left_with_tasks() noexcept {
    die("an io::scope was destroyed while tasks run in it: co_await its run() to the end");
}

void queue_destroyed_while_waited_for() noexcept {
    die("a channel, mutex, semaphore or event was destroyed while a task waits for it");
}

void destroy_failed(std::coroutine_handle<> frame) noexcept {
    ++failures_under_way();
    frame.destroy();
    --failures_under_way();
}

void never_awaited() noexcept {
    if (std::uncaught_exceptions() > 0 || failures_under_way() > 0) return;
    die("a task was destroyed that was never awaited: co_await it, get() it, or discard() it");
}

void destroyed_while_running() noexcept {
    die("a task was destroyed while it waits: await it to its end, or cancel it first");
}

}  // namespace zocalo::io::detail
