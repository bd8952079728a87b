// SPDX-License-Identifier: MIT
#include "io/misuse.hpp"

#include <cstdio>
#include <cstdlib>

#include "zocalo/io/task.hpp"

namespace zocalo::io::detail {

namespace {

[[noreturn]] void die(const char* mistake) noexcept {
    std::fprintf(stderr, "zocalo: %s\n", mistake);
    std::abort();
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

void never_awaited() noexcept {
    die("a task was destroyed that was never awaited: co_await it, get() it, or discard() it");
}

void destroyed_while_running() noexcept {
    die("a task was destroyed while it waits: await it to its end, or cancel it first");
}

}  // namespace zocalo::io::detail
