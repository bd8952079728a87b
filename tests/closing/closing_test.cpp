// SPDX-License-Identifier: MIT
// What becomes of a program whose descriptors do not close well: nothing. The number is given up
// whatever the kernel says, and never used again, for it may be somebody else's by then.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "closing/closes.hpp"
#include "io/worlds.hpp"
#include "support/folder.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/durable_file.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/process.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
using zocalo::tests::failing_closes;

const net::endpoint anywhere = net::endpoint::parse("127.0.0.1:0");

io::task<std::string> everything(io::stream& from) {
    std::string all;
    for (;;) {
        const io::chunk got = co_await from.read();
        if (got.empty()) co_return all;
        all += got.text();
    }
}

io::task<> write_and_finish(io::stream& to) {
    const std::string text(10'000, 'x');
    co_await to.write(text);
    co_await to.finish();
}

io::task<std::size_t> talk() {
    io::listener listener = co_await io::listen(anywhere);
    auto [server, client] =
        co_await io::all(listener.accept(), io::connect(listener.local_endpoint()));
    auto [nothing, came] = co_await io::all(write_and_finish(client), everything(server));
    co_return came.size();
}

/// Nobody accepts, nobody says anything, and both sockets are closed in the middle of it.
io::task<> give_up() {
    io::listener listener = co_await io::listen(anywhere);
    io::stream client = co_await io::connect(listener.local_endpoint());
    try {
        co_await io::timeout(1ms, client.read());
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
}

io::task<> send_a_datagram() {
    io::datagram one = co_await io::open_datagram(anywhere);
    co_await one.send_to("to myself", one.local_endpoint());
    std::string room(20, '\0');
    const net::received got = co_await one.receive_from(zocalo::mutable_buffer(room));
    EXPECT_EQ(got.size, 9U);
}

io::task<std::size_t> send_through_a_pipe() {
    auto [out, in] = io::pipe();
    const std::string text(1000, 'x');
    co_await in.write(text);
    in = {};
    const std::string came = co_await everything(out);
    co_return came.size();
}

io::task<std::size_t> ask_a_program() {
    io::process echo({"echo", "hello"});
    const std::string said = co_await everything(echo.out);
    co_await echo.wait();
    co_return said.size();
}

io::task<std::size_t> keep(std::string path) {
    io::task<io::durable_file> beginning = io::create_durable_file(path);
    io::durable_file kept = co_await std::move(beginning);
    const std::string text(1000, 'x');
    co_await kept.write(text);
    co_await kept.keep(io::existing::replace);
    const std::string read = co_await io::read_file(path, 10'000);
    co_return read.size();
}

io::task<> do_everything(std::string path) {
    const std::size_t said = co_await talk();
    EXPECT_EQ(said, 10'000U);
    co_await give_up();
    co_await send_a_datagram();
    const std::size_t piped = co_await send_through_a_pipe();
    EXPECT_EQ(piped, 1000U);
    const std::size_t printed = co_await ask_a_program();
    EXPECT_EQ(printed, 6U);
    const std::size_t kept = co_await keep(path);
    EXPECT_EQ(kept, 1000U);
}

class closing : public zocalo::tests::in_every_world {
 protected:
    /// What it says when the n-th close fails; "done" when nothing came of it.
    std::string outcome(int error, std::uint64_t n = 0) {
        const failing_closes meanwhile(error, n);
        std::string said = "done";
        try {
            run(do_everything(folder_.file("kept")));
        } catch (const std::system_error& failure) {
            EXPECT_EQ(failure.code().value(), error) << failure.what();
            said = failure.what();
        }
        closed_ = meanwhile.count();
        EXPECT_EQ(meanwhile.of_strangers(), 0U) << "a number was closed twice";
        EXPECT_TRUE(meanwhile.strangers_are_untouched());
        EXPECT_GT(meanwhile.failed(), 0U);
        return said;
    }
    [[nodiscard]] std::uint64_t closed() const { return closed_; }

 private:
    zocalo::tests::folder folder_;
    std::uint64_t closed_ = 0;
};

/// The number is free, and what was written is on its way: that is no failure.
TEST_P(closing, a_signal_meanwhile_is_nothing) {
    EXPECT_EQ(outcome(EINTR), "done");
    EXPECT_GT(closed(), 10U);
}

/// Of files it is said, by whoever closes them and asks; of sockets there is nobody to tell.
TEST_P(closing, no_number_is_used_after_a_close_that_failed) {
    const std::string said = outcome(EIO);
    EXPECT_TRUE(said == "done" || said.starts_with("close \"")) << said;
    for (std::uint64_t n = closed(); n > 0; --n)
        outcome(EIO, n);
}

io::task<> close_a_file(std::string path) {
    io::task<io::file> opening = io::open_file(path, {.writable = true, .create = true});
    io::file made = co_await std::move(opening);
    std::error_code said;
    try {
        co_await made.close();
    } catch (const std::system_error& error) {
        said = error.code();
    }
    EXPECT_FALSE(made.is_open());
    EXPECT_EQ(made.fileno(), -1);
    EXPECT_TRUE(!said || said == std::errc::no_space_on_device) << said.message();
}

TEST_P(closing, a_file_that_does_not_close_well_is_closed_all_the_same) {
    const zocalo::tests::folder folder;
    const failing_closes meanwhile(ENOSPC);
    run(close_a_file(folder.file("full")));
    EXPECT_EQ(meanwhile.of_strangers(), 0U);
}

/// The test's own tools: who closes twice is found out, and so is who writes to another's number.
TEST(failing_closes, find_out_who_is_wrong) {
    int pair[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    const failing_closes meanwhile(EIO);
    EXPECT_EQ(::close(pair[0]), -1);
    EXPECT_EQ(errno, EIO);
    EXPECT_TRUE(meanwhile.strangers_are_untouched());
    EXPECT_EQ(::close(pair[0]), 0);
    EXPECT_EQ(meanwhile.of_strangers(), 1U);
    EXPECT_EQ(::send(pair[0], "x", 1, 0), 1);
    EXPECT_FALSE(meanwhile.strangers_are_untouched());
    ::close(pair[1]);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(closing);

}  // namespace
