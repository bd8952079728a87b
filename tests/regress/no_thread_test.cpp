// SPDX-License-Identifier: MIT
// When the machine had no thread left, what was to run on one stayed in the loop's list although
// the task that had asked was told of an error and went on, without the memory that it pointed to.
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <system_error>

#include "io/worlds.hpp"
#include "support/failing_call.hpp"
#include "support/folder.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

io::task<std::error_code> outcome_of(io::task<> what) {
    try {
        co_await std::move(what);
    } catch (const std::system_error& error) {
        co_return error.code();
    }
    co_return std::error_code{};
}

io::task<> elsewhere() {
    co_await io::spawn_blocking([] {});
}

/// poll leaves a file to a thread when there is something else to wait for.
io::task<> file_beside_a_timer(std::string path) {
    io::file_options fresh;
    fresh.writable = fresh.create = true;
    io::file made = co_await io::timeout(1h, io::open_file(path, fresh));
    co_await io::timeout(1h, made.truncate(10));
}

io::task<> try_without_threads(std::string path, bool files_need_one) {
    for (int i = 0; i < 3; ++i) {
        const std::error_code refused = co_await outcome_of(elsewhere());
        EXPECT_EQ(refused, std::errc::resource_unavailable_try_again) << refused.message();
        const std::error_code file = co_await outcome_of(file_beside_a_timer(path));
        EXPECT_EQ(static_cast<bool>(file), files_need_one) << file.message();
    }
    co_await io::sleep(1ms);
}

class without_threads : public zocalo::tests::in_every_world {};

TEST_P(without_threads, who_asked_is_told_and_the_loop_goes_on) {
    const zocalo::tests::folder folder;
    const bool tried = zocalo::test::with_failing_call(
        SYS_clone3, EAGAIN, [&] { run(try_without_threads(folder.file("file"), true)); });
    if (!tried) ZOCALO_CANNOT_RUN("no seccomp filters here");
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(without_threads);

}  // namespace
