// SPDX-License-Identifier: MIT
// Taking turns: in the order of asking, and what becomes of turns that nobody takes any more.
#include "zocalo/io/mutex.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class turns : public zocalo::tests::in_every_world {};

using story = std::vector<std::string>;

io::task<> take_a_turn(io::semaphore& slots, story& told, std::string name) {
    const io::semaphore::permit mine = co_await slots.acquire();
    told.push_back(name);
    co_await io::sleep(0ns);
}

io::task<> come_one_after_another(story& told) {
    io::semaphore slots(1);
    std::vector<io::task<>> all;
    for (const char* name : {"a", "b", "c", "d", "e"})
        all.push_back(take_a_turn(slots, told, name));
    co_await io::all(std::move(all));
}

TEST_P(turns, come_in_the_order_of_asking) {
    story told;
    run(come_one_after_another(told));
    EXPECT_EQ(told, (story{"a", "b", "c", "d", "e"}));
}

/// "name gave up" when it is cancelled before its turn.
io::task<> take_a_turn_or_say_so(io::semaphore& slots, story& told, std::string name) {
    try {
        co_await take_a_turn(slots, told, name);
    } catch (const net::stopped&) {
        told.push_back(name + " gave up");
        throw;
    }
}

struct queue {
    io::semaphore slots{1};
    io::scope impatient;
    story told;
};

io::task<> wait_impatiently(queue& in) {
    in.impatient.spawn(take_a_turn_or_say_so(in.slots, in.told, "first"));
    in.impatient.spawn(take_a_turn_or_say_so(in.slots, in.told, "second"));
    co_return;
}
io::task<> be_impatient(queue& in) {
    try {
        co_await in.impatient.run(wait_impatiently(in));
    } catch (const net::stopped&) {
        in.told.push_back("both are gone");
    }
}

/// Holds the only permit until everybody waits, and cancels some before or after giving it back.
io::task<> hold_and_cancel(queue& in, bool gives_back_first) {
    io::semaphore::permit mine = co_await in.slots.acquire();
    for (int i = 0; i < 5; ++i)
        co_await io::sleep(0ns);
    EXPECT_EQ(in.slots.available(), 0U);
    if (gives_back_first) mine.give_back();
    in.impatient.cancel();
    co_await io::sleep(0ns);
}

io::task<> cancel_in_the_queue(queue& in, bool gives_back_first) {
    co_await io::all(hold_and_cancel(in, gives_back_first), be_impatient(in),
                     take_a_turn(in.slots, in.told, "last"));
    EXPECT_EQ(in.slots.available(), 1U);
}

TEST_P(turns, of_those_who_gave_up_go_to_the_next) {
    queue in;
    run(cancel_in_the_queue(in, false));
    std::ranges::sort(in.told);
    EXPECT_EQ(in.told, (story{"both are gone", "first gave up", "last", "second gave up"}));
}

/// The first one has been given the permit when it is cancelled: it may use it or not, and it must
/// not keep it.
TEST_P(turns, handed_to_who_is_cancelled_are_not_lost) {
    queue in;
    run(cancel_in_the_queue(in, true));
    EXPECT_EQ(std::ranges::count(in.told, "last"), 1);
    EXPECT_EQ(std::ranges::count(in.told, "second gave up"), 1);
}

io::task<> acquire_when_cancelled(io::semaphore& slots) {
    io::scope scope;
    try {
        co_await scope.run([](io::semaphore& of, io::scope& in) -> io::task<> {
            in.cancel();
            const io::semaphore::permit first = co_await of.acquire();
            EXPECT_EQ(of.available(), 0U) << "a free one needs no waiting";
            EXPECT_THROW(co_await of.acquire(), net::stopped);
        }(slots, scope));
    } catch (const net::stopped&) {
        EXPECT_EQ(slots.available(), 1U);
    }
}

TEST_P(turns, are_not_waited_for_when_cancelled) {
    io::semaphore slots(1);
    run(acquire_when_cancelled(slots));
    EXPECT_EQ(slots.available(), 1U);
}

io::task<> lend_and_move(io::semaphore& slots) {
    io::semaphore::permit one = co_await slots.acquire();
    io::semaphore::permit other = std::move(one);
    EXPECT_EQ(slots.available(), 1U);
    one.give_back();
    EXPECT_EQ(slots.available(), 1U) << "it has none any more";
    one = co_await slots.acquire();
    EXPECT_EQ(slots.available(), 0U);
    one = std::move(other);
    EXPECT_EQ(slots.available(), 1U) << "what it had is given back";
}

TEST_P(turns, belong_to_one_permit_at_a_time) {
    io::semaphore slots(2);
    run(lend_and_move(slots));
    EXPECT_EQ(slots.available(), 2U);
}

struct account {
    io::mutex turn;
    int balance = 0;
};

/// Reads, waits and writes back, as nobody may who is not alone.
io::task<> pay_in(account& to) {
    const io::semaphore::permit mine = co_await to.turn.lock();
    EXPECT_TRUE(to.turn.is_locked());
    const int before = to.balance;
    co_await io::sleep(0ns);
    to.balance = before + 1;
}

io::task<> pay_in_together(account& to) {
    std::vector<io::task<>> all;
    for (int i = 0; i < 50; ++i)
        all.push_back(pay_in(to));
    co_await io::all(std::move(all));
}

TEST_P(turns, with_a_mutex_leave_one_task_alone) {
    account common;
    run(pay_in_together(common));
    EXPECT_EQ(common.balance, 50);
    EXPECT_FALSE(common.turn.is_locked());
}

io::task<> fail_inside(io::mutex& of) {
    const io::semaphore::permit mine = co_await of.lock();
    throw std::runtime_error("inside");
}

TEST_P(turns, end_with_an_exception) {
    io::mutex one;
    EXPECT_THROW(run(fail_inside(one)), std::runtime_error);
    EXPECT_FALSE(one.is_locked());
}

ZOCALO_IN_EVERY_WORLD(turns);

}  // namespace
