// SPDX-License-Identifier: MIT
#include "zocalo/io/readiness.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
using zocalo::unique_fd;

class readiness : public zocalo::tests::in_every_world {};

/// Two descriptors that no loop knows, as a library would have them.
struct foreign {
    unique_fd here;
    unique_fd there;

    static foreign sockets() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
            throw std::runtime_error("no sockets");
        return {unique_fd(ends[0]), unique_fd(ends[1])};
    }
    void say(char what) const { ASSERT_EQ(::write(there.get(), &what, 1), 1); }
    [[nodiscard]] char take() const {
        char got = 0;
        return ::read(here.get(), &got, 1) == 1 ? got : '-';
    }
    /// Writes until there is no room.
    void fill() const {
        const std::string much(100'000, 'x');
        while (::write(here.get(), much.data(), much.size()) > 0) {
        }
    }
    void drain() const {
        std::array<char, 100'000> got{};
        while (::read(there.get(), got.data(), got.size()) > 0) {
        }
    }
};

io::task<> say_after(const foreign& of, zocalo::timeout span, char what) {
    co_await io::sleep(span);
    of.say(what);
}

/// What came in time, one after the other.
io::task<std::string> take_all(const foreign& of, std::size_t count) {
    const io::readiness watched(of.here.get());
    std::string got;
    while (got.size() < count) {
        auto ready = watched.readable();
        co_await ready;
        got += of.take();
    }
    co_return got;
}

io::task<std::string> two_letters(const foreign& of) {
    auto both = io::all(take_all(of, 2), say_after(of, 0ns, 'a'), say_after(of, 1ms, 'b'));
    auto [got, one, other] = co_await std::move(both);
    co_return got;
}

TEST_P(readiness, waits_until_there_is_something) {
    const foreign of = foreign::sockets();
    EXPECT_EQ(run(two_letters(of)), "ab");
}

TEST_P(readiness, goes_on_while_nobody_takes_what_is_there) {
    const foreign of = foreign::sockets();
    of.say('a');
    of.say('b');
    for (int i = 0; i < 3; ++i)
        run(io::wait_readable(of.here.get()));
    EXPECT_EQ(run(take_all(of, 2)), "ab");
}

io::task<std::size_t> who_is_first(const io::readiness& of) {
    auto first = io::any(of.readable(), of.writable(), io::sleep(1ms));
    const auto which = co_await std::move(first);
    co_return which.index();
}

TEST_P(readiness, has_both_directions_at_once) {
    const foreign of = foreign::sockets();
    const io::readiness watched(of.here.get());
    EXPECT_EQ(run(who_is_first(watched)), 1U);
    of.fill();
    EXPECT_EQ(run(who_is_first(watched)), 2U);
    of.say('a');
    EXPECT_EQ(run(who_is_first(watched)), 0U);
    EXPECT_EQ(of.take(), 'a');
    of.drain();
    EXPECT_EQ(run(who_is_first(watched)), 1U);
}

io::task<> drain_after(const foreign& of) {
    co_await io::sleep(1ms);
    of.drain();
}

TEST_P(readiness, waits_for_room) {
    const foreign of = foreign::sockets();
    of.fill();
    run(io::all(io::wait_writable(of.here.get()), drain_after(of)));
    EXPECT_EQ(::write(of.here.get(), "x", 1), 1);
}

TEST_P(readiness, an_end_and_an_error_count) {
    foreign of = foreign::sockets();
    of.there.reset();
    run(io::wait_readable(of.here.get()));
    EXPECT_EQ(of.take(), '-');
    run(io::wait_writable(of.here.get()));
    EXPECT_EQ(::send(of.here.get(), "x", 1, MSG_NOSIGNAL), -1);
}

TEST_P(readiness, a_regular_file_is_ready) {
    const unique_fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    run(io::all(io::wait_readable(file.get()), io::wait_writable(file.get())));
}

TEST_P(readiness, a_cancellation_takes_nothing) {
    const foreign of = foreign::sockets();
    EXPECT_THROW(run(io::timeout(1ms, io::wait_readable(of.here.get()))), std::system_error);
    of.say('a');
    run(io::wait_readable(of.here.get()));
    EXPECT_EQ(of.take(), 'a');
}

/// The library closes its connection, and something else has the number when the wait goes on.
io::task<std::string> number_with_a_new_owner(foreign& of, const foreign& next) {
    const io::readiness watched(of.here.get());
    const int number = of.here.get();
    const unique_fd kept(::dup(of.here.get()));
    {
        auto soon = io::timeout(1ms, watched.readable());
        bool was_early = false;
        try {
            co_await std::move(soon);
        } catch (const std::system_error&) {
            was_early = true;
        }
        if (!was_early) co_return "was ready";
    }
    if (::dup2(next.here.get(), number) != number) co_return "no such number";
    next.say('n');
    auto first = io::any(watched.readable(), io::sleep(5ms));
    const auto which = co_await std::move(first);
    if (which.index() != 1) co_return "heard of another one";
    of.say('o');
    auto meant = watched.readable();
    co_await meant;
    char got = 0;
    if (::read(kept.get(), &got, 1) != 1) co_return "nothing came";
    co_return std::string(1, got);
}

TEST_P(readiness, means_what_it_was_made_of_when_the_number_is_another_ones) {
    foreign of = foreign::sockets();
    const foreign next = foreign::sockets();
    EXPECT_EQ(run(number_with_a_new_owner(of, next)), "o");
}

TEST_P(readiness, has_no_descriptor_left_afterwards) {
    const foreign of = foreign::sockets();
    const unique_fd before(::dup(of.here.get()));
    const int lowest = before.get() + 1;
    of.say('a');
    for (int i = 0; i < 20; ++i)
        run(io::wait_readable(of.here.get()));
    const unique_fd after(::dup(of.here.get()));
    EXPECT_EQ(after.get(), lowest);
    foreign peer = foreign::sockets();
    run(io::wait_writable(peer.here.get()));
    peer.here.reset();
    char got = 0;
    EXPECT_EQ(::read(peer.there.get(), &got, 1), 0) << "somebody holds the connection";
}

TEST_P(readiness, a_second_wait_in_one_direction_is_refused) {
    const foreign of = foreign::sockets();
    const io::readiness watched(of.here.get());
    try {
        run(io::all(watched.readable(), watched.readable()));
        FAIL() << "two waits";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::device_or_resource_busy);
    }
}

TEST_P(readiness, of_nothing_fails) {
    try {
        run(io::readiness().readable());
        FAIL() << "there is none";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::bad_file_descriptor);
    }
    try {
        run(io::wait_readable(-1));
        FAIL() << "there is none";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::bad_file_descriptor);
        EXPECT_NE(std::string(error.what()).find("watch descriptor -1"), std::string::npos);
    }
}

TEST_P(readiness, owns_what_it_takes_over) {
    foreign of = foreign::sockets();
    {
        const io::readiness watched(std::move(of.here));
        run(watched.writable());
    }
    char got = 0;
    EXPECT_EQ(::read(of.there.get(), &got, 1), 0);
}

TEST_P(readiness, can_go_wrong_on_purpose) {
    const foreign of = foreign::sockets();
    of.say('a');
    faults = io::fail_nth(io::operation_kind::wait_ready, 1, std::errc::io_error);
    try {
        run(io::wait_readable(of.here.get()));
        FAIL() << "nothing went wrong";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::io_error);
    }
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(readiness);

TEST(readiness_anywhere, without_a_loop_blocks_the_thread) {
    const foreign of = foreign::sockets();
    of.say('a');
    io::wait_readable(of.here.get()).get();
    io::readiness(of.here.get()).writable().get();
    EXPECT_EQ(of.take(), 'a');
}

TEST(readiness_anywhere, in_a_simulated_network_is_an_error_that_says_so) {
    zocalo::sim::world world{1};
    const foreign of = foreign::sockets();
    try {
        world.host("here").run(io::wait_readable(of.here.get()));
        FAIL() << "there are no descriptors";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("inside of a simulated network"),
                  std::string::npos);
    }
}

}  // namespace
