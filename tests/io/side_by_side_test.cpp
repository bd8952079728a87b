// SPDX-License-Identifier: MIT
// Operations where tasks are asked for: all, any, scopes and what runs a task.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/guest_loop.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class side_by_side : public zocalo::tests::in_every_world {};

io::task<int> give(int value) {
    co_await io::sleep(0ns);
    co_return value;
}

// --- What can be given to them, and what cannot

using read = decltype(std::declval<io::stream&>().read());
using write = decltype(std::declval<io::stream&>().write(std::string_view()));

template <class... Whats>
concept goes_to_all = requires(Whats... whats) { io::all(std::forward<Whats>(whats)...); };
template <class... Whats>
concept goes_to_any = requires(Whats... whats) { io::any(std::forward<Whats>(whats)...); };
template <class What>
concept can_be_spawned = requires(io::scope in, What what) { in.spawn(std::forward<What>(what)); };
template <class What>
concept can_be_run = requires(io::loop in, What what) { in.run(std::forward<What>(what)); };

static_assert(goes_to_all<read, io::task<int>, write> && goes_to_any<write, io::task<>, read>);
static_assert(goes_to_all<read> && goes_to_any<read>);
static_assert(can_be_run<read> && can_be_run<io::task<int>>);
static_assert(can_be_spawned<write> && can_be_spawned<io::task<>>);

// Not those that stay with somebody else,
static_assert(!goes_to_all<io::task<int>&> && !goes_to_any<io::task<int>&>);
static_assert(!goes_to_all<io::task<int>&, read> && !goes_to_any<read, io::task<int>&>);
static_assert(!goes_to_all<read&> && !goes_to_any<read&, io::task<>>);
static_assert(!can_be_spawned<io::task<>&> && !can_be_spawned<write&>);
static_assert(!can_be_run<io::task<>&> && !can_be_run<read&>);
// nor what is not awaited (a stream can be finished, but is no operation),
static_assert(!goes_to_all<int> && !goes_to_all<int, read> && !goes_to_any<read, std::string>);
static_assert(!goes_to_all<io::stream, read> && !goes_to_any<io::stream>);
static_assert(!can_be_run<io::stream> && !can_be_spawned<int>);
// nor values that nobody would get.
static_assert(!can_be_spawned<read> && !can_be_spawned<io::task<int>>);

// A task is passed on as it is, and what comes out is the same.
static_assert(
    std::is_same_v<decltype(io::detail::as_task(std::declval<io::task<int>>())), io::task<int>>);
static_assert(std::is_same_v<decltype(io::all(std::declval<read>(), std::declval<io::task<>>())),
                             io::task<std::tuple<io::chunk, std::monostate>>>);
static_assert(std::is_same_v<decltype(io::any(std::declval<io::task<int>>(), io::sleep(0ns))),
                             io::task<std::variant<int, std::monostate>>>);

// --- What comes of it

io::task<std::string> meet() {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    const net::endpoint where = listener.local_endpoint();
    auto [server, client] = co_await io::all(listener.accept(), io::connect(where));
    const std::string_view hello = "hello";
    auto [nothing, came, seven] = co_await io::all(client.write(hello), server.read(), give(7));
    co_return std::string(came.text()) + std::to_string(seven);
}

TEST_P(side_by_side, operations_have_their_values_in_order) {
    EXPECT_EQ(run(meet()), "hello7");
}

io::task<std::string> first_of_two() {
    auto [here, there] = io::stream::pair();
    auto slow = io::any(here.read(), io::sleep(1ms));
    const auto too_late = co_await std::move(slow);
    const std::string_view hello = "hello";
    co_await there.write(hello);
    auto quick = io::any(io::sleep(1h), here.read());
    const auto in_time = co_await std::move(quick);
    co_return std::to_string(too_late.index()) + std::to_string(in_time.index()) +
        std::string(std::get<1>(in_time).text());
}

TEST_P(side_by_side, a_read_and_a_sleep_race) {
    EXPECT_EQ(run(first_of_two()), "11hello");
}

io::task<> read_beside_failure() {
    auto [here, there] = io::stream::pair();
    here.close();
    co_await io::all(there.write(std::string_view("x")), here.read(), io::sleep(1h));
}

TEST_P(side_by_side, an_operation_that_fails_ends_the_others) {
    EXPECT_THROW(run(read_beside_failure()), std::system_error);
}

io::task<> write_from_scope(io::scope& in, io::stream& to, const std::string& text) {
    in.spawn(to.write(text));
    in.spawn(io::sleep(1ms));
    co_return;
}

io::task<std::string> through_a_scope() {
    auto [here, there] = io::stream::pair();
    const std::string text(300'000, 'x');  // more than fits at once
    io::scope scope;
    auto writing = scope.run(write_from_scope(scope, here, text));
    auto reading = [](io::stream& from, std::size_t all) -> io::task<std::string> {
        std::string got;
        while (got.size() < all) {
            const io::chunk more = co_await from.read();
            if (more.empty()) throw std::runtime_error("ended early");
            got += more.text();
        }
        co_return got;
    }(there, text.size());
    auto [nothing, got] = co_await io::all(std::move(writing), std::move(reading));
    if (got != text) throw std::runtime_error("other text");
    co_return std::to_string(scope.size());
}

TEST_P(side_by_side, a_scope_runs_operations) {
    EXPECT_EQ(run(through_a_scope()), "0");
}

io::task<> spawn_and_cancel(io::scope& in, io::stream& to) {
    in.spawn(to.write(std::string_view("x")));
    in.spawn(io::sleep(zocalo::timeout::none()));
    in.cancel();
    co_return;
}

io::task<> cancelled_scope(io::scope& scope) {
    auto [here, there] = io::stream::pair();
    co_await scope.run(spawn_and_cancel(scope, here));
}

TEST_P(side_by_side, a_spawned_operation_hears_of_a_cancellation) {
    io::scope scope;
    EXPECT_THROW(run(cancelled_scope(scope)), net::stopped);
    EXPECT_EQ(scope.size(), 0U);
}

TEST_P(side_by_side, a_spawned_operation_outside_of_a_run_is_an_error) {
    io::scope scope;
    EXPECT_THROW(scope.spawn(io::sleep(0ns)), std::logic_error);
}

TEST(operation, runs_in_a_loop) {
    io::loop loop;
    const io::time_point before = loop.run(io::now());
    loop.run(io::sleep(1ms));
    EXPECT_GE(loop.run(io::now()) - before, 1ms);
}

TEST(operation, runs_on_a_simulated_host) {
    zocalo::sim::world world{1};
    zocalo::sim::host& host = world.host("here");
    const io::time_point before = host.run(io::now());
    host.run(io::sleep(1h));
    EXPECT_EQ(host.run(io::now()) - before, 1h);
}

TEST(operation, runs_in_a_guest_loop) {
    io::guest_loop guest;
    guest.spawn(io::sleep(0ns));
    EXPECT_EQ(guest.size(), 1U);
    for (int turns = 0; guest.size() > 0 && turns < 1000; ++turns)
        guest.run_ready();
    EXPECT_EQ(guest.size(), 0U);
}

ZOCALO_IN_EVERY_WORLD(side_by_side);

}  // namespace
