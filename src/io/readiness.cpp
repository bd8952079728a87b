// SPDX-License-Identifier: MIT
#include "zocalo/io/readiness.hpp"

#include <string>
#include <utility>

#include "io/backend/system_descriptor.hpp"
#include "net/fail.hpp"
#include "sys/file.hpp"

namespace zocalo::io {

namespace {

/// A number that was given back may be another one's soon, while epoll and io_uring still know it
/// as it was: so nothing but descriptors of our own is watched.
unique_fd duplicate(int fd) {
    const int copy = sys::dup(fd);
    if (copy < 0) net::fail("watch descriptor " + std::to_string(fd), copy);
    return unique_fd(copy);
}

}  // namespace

readiness::readiness(int fd) : readiness(duplicate(fd)) {}

readiness::readiness(unique_fd owned)
    : watched_(std::make_unique<detail::system_descriptor>(detail::system_descriptor::no_socket{},
                                                           std::move(owned))) {}

task<> wait_readable(int fd) {
    const readiness watched(fd);
    auto ready = watched.readable();
    co_await ready;
}

task<> wait_writable(int fd) {
    const readiness watched(fd);
    auto ready = watched.writable();
    co_await ready;
}

}  // namespace zocalo::io
