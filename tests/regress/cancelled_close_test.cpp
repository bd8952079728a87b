// SPDX-License-Identifier: MIT
// A close that io_uring had given to a thread, as it does where closing may block, and that was
// cancelled before the thread began, left the descriptor open for ever.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "io/worlds.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/net/stop.hpp"

namespace {

namespace io = zocalo::io;

std::size_t descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

io::task<> close_it(io::file& which) {
    try {
        co_await which.close();
    } catch (const zocalo::net::stopped&) {
        EXPECT_GE(which.fileno(), 0) << "it is as open as before";
        throw;
    }
}

io::task<> cancel_at_once(io::scope& in, io::file& which) {
    in.spawn(close_it(which));
    in.cancel();
    co_return;
}

io::task<> close_and_cancel(std::string path) {
    for (int i = 0; i < 300; ++i) {
        io::file_options both_ways;
        both_ways.writable = true;
        io::file one = co_await io::open_file(path, both_ways);
        io::scope scope;
        try {
            co_await scope.run(cancel_at_once(scope, one));
        } catch (const zocalo::net::stopped&) {
            continue;
        }
    }
}

class cancelled_closes : public zocalo::tests::in_every_world {};

/// Of what needs neither a network nor a mount, the kernel thinks that closing a message queue may
/// block.
TEST_P(cancelled_closes, leave_nothing_open) {
    const std::string name = "/zocalo." + std::to_string(::getpid());
    const zocalo::unique_fd queue(
        ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600, nullptr));
    if (!queue) return;  // then nothing that can be opened here blocks
    ::mq_unlink(name.c_str());
    const std::size_t before = descriptors();
    run(close_and_cancel("/proc/self/fd/" + std::to_string(queue.get())));
    EXPECT_EQ(descriptors(), before);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(cancelled_closes);

}  // namespace
