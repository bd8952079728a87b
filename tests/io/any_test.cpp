// SPDX-License-Identifier: MIT
// Races, their ends that are no success, and where an error comes from when it has come far.
#include "zocalo/io/any.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class races : public zocalo::tests::in_every_world {};

io::task<int> fail_after_turns(int turns, std::string what) {
    for (int i = 0; i < turns; ++i)
        co_await io::sleep(0ns);
    throw std::runtime_error(what);
}

io::task<int> give_after_turns(int turns, int value) {
    for (int i = 0; i < turns; ++i)
        co_await io::sleep(0ns);
    co_return value;
}

/// Counts who was ended; fails itself then, in another way.
io::task<int> wait_for_the_end(int& ended) {
    try {
        co_await io::sleep(zocalo::timeout::none());
    } catch (const net::stopped&) {
        ++ended;
    }
    throw std::logic_error("nobody wants to know");
}

TEST_P(races, that_a_failing_task_wins_end_with_its_error) {
    int ended = 0;
    try {
        run(io::any(wait_for_the_end(ended), fail_after_turns(2, "won"), wait_for_the_end(ended)));
        FAIL() << "nobody failed";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "won");
    }
    EXPECT_EQ(ended, 2);
}

TEST_P(races, drop_what_the_others_end_with) {
    int ended = 0;
    const auto first =
        run(io::any(wait_for_the_end(ended), give_after_turns(2, 7), wait_for_the_end(ended)));
    EXPECT_EQ(first.index(), 1U);
    EXPECT_EQ(std::get<1>(first), 7);
    EXPECT_EQ(ended, 2);
}

TEST_P(races, of_equals_say_who_came_first) {
    for (std::size_t place = 0; place < 5; ++place) {
        std::vector<io::task<int>> all;
        for (std::size_t i = 0; i < 5; ++i)
            all.push_back(give_after_turns(i == place ? 1 : 3, static_cast<int>(i) * 10));
        const io::first_of<int> first = run(io::any(std::move(all)));
        EXPECT_EQ(first.place, place);
        EXPECT_EQ(first.value, static_cast<int>(place) * 10);
    }
}

TEST_P(races, of_equals_end_with_the_error_of_the_winner) {
    int ended = 0;
    std::vector<io::task<int>> all;
    all.push_back(wait_for_the_end(ended));
    all.push_back(fail_after_turns(2, "won"));
    all.push_back(wait_for_the_end(ended));
    EXPECT_THROW(run(io::any(std::move(all))), std::runtime_error);
    EXPECT_EQ(ended, 2);
}

TEST_P(races, of_nobody_are_refused) {
    EXPECT_THROW(run(io::any(std::vector<io::task<int>>())), std::invalid_argument);
    EXPECT_THROW(run(io::any(std::vector<io::task<>>())), std::invalid_argument);
}

// --- An error on its way through everything that tasks are made of

/// Where nobody listens.
io::task<net::endpoint> closed_port() {
    io::listener gone = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    co_return gone.local_endpoint();
}

io::task<int> connect_to(net::endpoint where) {
    io::stream made = co_await io::connect(where);
    co_return 1;
}

io::task<int> through_awaits(net::endpoint where, int more) {
    if (more == 0) co_return co_await connect_to(where);
    co_return co_await through_awaits(where, more - 1);
}

io::task<> spawn_it(io::scope& in, net::endpoint where) {
    in.spawn([](net::endpoint to) -> io::task<> { co_await through_awaits(to, 3); }(where));
    co_await io::sleep(zocalo::timeout::none());
}

io::task<int> through_a_scope(net::endpoint where) {
    io::scope scope;
    co_await scope.run(spawn_it(scope, where));
    co_return 0;
}
io::task<int> sleep_long() {
    co_await io::sleep(1h);
    co_return 0;
}
io::task<int> through_all(net::endpoint where) {
    co_await io::all(sleep_long(), through_a_scope(where));
    co_return 0;
}
io::task<int> through_any(net::endpoint where) {
    co_await io::any(through_all(where), sleep_long());
    co_return 0;
}
io::task<int> through_lists(net::endpoint where) {
    std::vector<io::task<int>> all;
    all.push_back(sleep_long());
    all.push_back(through_any(where));
    co_await io::any(std::move(all));
    co_return 0;
}
io::task<int> through_time_outs(net::endpoint where) {
    const io::time_point until = co_await io::now() + 1h;
    co_await io::deadline(until, io::timeout(1h, through_lists(where)));
    co_return 0;
}

TEST_P(races, and_all_else_pass_an_error_on_as_it_was) {
    const net::endpoint where = run(closed_port());
    io::task<int> (*const ways[])(net::endpoint) = {
        connect_to, through_a_scope, through_all, through_any, through_lists, through_time_outs};
    for (const auto way : ways) {
        try {
            run(way(where));
            ADD_FAILURE() << "somebody listens there";
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::connection_refused);
            EXPECT_EQ(error.what(),
                      "connect to " + where.to_string() + ": " + error.code().message());
        }
    }
}

ZOCALO_IN_EVERY_WORLD(races);

}  // namespace
