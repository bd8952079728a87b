// SPDX-License-Identifier: MIT
#include "zocalo/io/signals.hpp"

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/signal.hpp"
#include "zocalo/io/pipe.hpp"

namespace zocalo::io {

namespace {

unique_fd duplicate(int fd) {
    const int copy = sys::dup(fd);
    if (copy < 0) net::fail("watch for signals", copy);
    return unique_fd(copy);
}

}  // namespace

signals::signals(std::initializer_list<int> which)
    : blocked_(which), coming_(open_descriptor(duplicate(blocked_.fileno()))) {}

task<int> signals::next() {
    signalfd_siginfo one{};
    co_await coming_.read_some(mutable_buffer(&one, sizeof one));
    co_return static_cast<int>(one.ssi_signo);
}

}  // namespace zocalo::io
