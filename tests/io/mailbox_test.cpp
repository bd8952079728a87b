// SPDX-License-Identifier: MIT
#include "zocalo/io/mailbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
using numbers = io::mailbox<int>;

class mailboxes : public zocalo::tests::in_every_world {};

io::task<> send_all(numbers& to, int first, int count) {
    for (int i = first; i < first + count; ++i) {
        const bool sent = co_await to.send(i);
        EXPECT_TRUE(sent);
    }
}
io::task<> send_and_close(numbers& to, int count) {
    co_await send_all(to, 0, count);
    to.close();
}
io::task<std::vector<int>> receive_all(numbers& from) {
    std::vector<int> all;
    for (;;) {
        const std::optional<int> next = co_await from.receive();
        if (!next) co_return all;
        all.push_back(*next);
    }
}

std::vector<int> up_to(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

io::task<std::vector<int>> pass(int count, std::size_t capacity) {
    numbers between(capacity);
    auto [nothing, all] = co_await io::all(send_and_close(between, count), receive_all(between));
    EXPECT_EQ(co_await between.send(1), false) << "closed";
    co_return all;
}

TEST_P(mailboxes, keep_order_and_bound_on_one_loop) {
    EXPECT_EQ(run(pass(1000, 1)), up_to(1000));
    EXPECT_EQ(run(pass(1000, 10)), up_to(1000));
}

io::task<> cancelled_before(io::scope& in, numbers& of) {
    in.cancel();
    EXPECT_THROW(co_await of.receive(), zocalo::net::stopped);
}
io::task<> give_up(numbers& of) {
    co_await io::timeout(1ms, of.receive());
}
io::task<> cancel_waits() {
    numbers none(1);
    {
        io::scope scope;
        co_await scope.run(cancelled_before(scope, none));
    }
    for (int i = 0; i < 3; ++i)
        EXPECT_THROW(co_await give_up(none), std::system_error);
    EXPECT_TRUE(none.try_send(7));
    EXPECT_FALSE(none.try_send(8)) << "full";
    EXPECT_EQ(co_await none.receive(), 7);
    EXPECT_EQ(none.try_receive(), std::nullopt);
}

TEST_P(mailboxes, wait_can_be_cancelled) {
    run(cancel_waits());
}

ZOCALO_IN_EVERY_WORLD(mailboxes);

class crossing_mailboxes : public zocalo::tests::in_every_world {};

/// Many senders and receivers, each on a loop and thread of its own.
TEST_P(crossing_mailboxes, lose_nothing_between_loops) {
    constexpr int senders = 3;
    constexpr int each = 2000;
    numbers between(5);
    std::atomic<int> left = senders;
    std::vector<std::vector<int>> received(2);
    std::vector<std::thread> threads;
    for (auto& into : received) {
        threads.emplace_back([&] {
            io::loop loop(*GetParam());
            into = loop.run(receive_all(between));
        });
    }
    for (int i = 0; i < senders; ++i) {
        threads.emplace_back([&, i] {
            io::loop loop(*GetParam());
            loop.run(send_all(between, i * each, each));
            if (--left == 0) between.close();
        });
    }
    for (std::thread& one : threads)
        one.join();
    std::vector<int> all = received[0];
    all.insert(all.end(), received[1].begin(), received[1].end());
    std::ranges::sort(all);
    EXPECT_EQ(all, up_to(senders * each));
}

io::task<int> receive_with_impatience(numbers& from) {
    int count = 0;
    for (;;) {
        try {
            const auto next = co_await io::timeout(std::chrono::microseconds(50), from.receive());
            if (!next) co_return count;
            ++count;
        } catch (const zocalo::net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        }
    }
}

TEST_P(crossing_mailboxes, cancellation_at_any_moment_loses_nothing) {
    numbers between(3);
    std::thread sender([&] {
        for (int i = 0; i < 2000; ++i)
            EXPECT_TRUE(between.send(i).get());
        between.close();
    });
    io::loop loop(*GetParam());
    EXPECT_EQ(loop.run(receive_with_impatience(between)), 2000);
    sender.join();
}

TEST(mailbox, thread_without_a_loop_waits_as_well) {
    numbers between(1);
    std::thread sender([&] {
        std::this_thread::sleep_for(2ms);
        EXPECT_TRUE(between.try_send(5));
    });
    EXPECT_EQ(between.receive().get(), 5);
    sender.join();
    EXPECT_THROW(numbers(0), std::invalid_argument);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(crossing_mailboxes);

}  // namespace
