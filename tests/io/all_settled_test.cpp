// SPDX-License-Identifier: MIT
#include "zocalo/io/all_settled.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class settling : public zocalo::tests::in_every_world {};

io::task<int> give(zocalo::timeout span, int value) {
    co_await io::sleep(span);
    co_return value;
}

io::task<int> fail(zocalo::timeout span, std::string what) {
    co_await io::sleep(span);
    throw std::runtime_error(what);
}

io::task<> do_nothing() {
    co_return;
}

template <class T>
std::string message_of(const io::settled<T>& of) {
    try {
        if (of.error()) std::rethrow_exception(of.error());
    } catch (const std::exception& error) {
        return error.what();
    }
    return "none";
}

TEST_P(settling, an_error_ends_none_of_the_others) {
    auto [broken, slow, nothing] =
        run(io::all_settled(fail(0ns, "broken"), give(2ms, 7), do_nothing()));
    EXPECT_FALSE(broken.has_value());
    EXPECT_EQ(message_of(broken), "broken");
    EXPECT_THROW(broken.value(), std::runtime_error);
    ASSERT_TRUE(slow);
    EXPECT_EQ(slow.value(), 7);
    EXPECT_EQ(slow.error(), nullptr);
    ASSERT_TRUE(nothing);
    nothing.value();
}

TEST_P(settling, takes_as_many_as_there_are) {
    std::vector<io::task<int>> all;
    for (int i = 0; i < 10; ++i)
        all.push_back(i % 2 == 0 ? give(0ns, i) : fail(0ns, std::to_string(i)));
    std::vector<io::settled<int>> ended = run(io::all_settled(std::move(all)));
    ASSERT_EQ(ended.size(), 10U);
    for (int i = 0; i < 10; ++i) {
        auto& each = ended[static_cast<std::size_t>(i)];
        EXPECT_EQ(each.has_value(), i % 2 == 0);
        if (each) {
            EXPECT_EQ(each.value(), i);
        } else {
            EXPECT_EQ(message_of(each), std::to_string(i));
        }
    }
    EXPECT_TRUE(run(io::all_settled(std::vector<io::task<>>())).empty());
}

io::task<std::unique_ptr<int>> give_pointer(int value) {
    co_return std::make_unique<int>(value);
}

TEST_P(settling, values_may_be_such_as_only_move) {
    auto [one] = run(io::all_settled(give_pointer(3)));
    const std::unique_ptr<int> taken = std::move(one.value());
    EXPECT_EQ(*taken, 3);
}

io::task<std::string> read_and_sleep() {
    auto [here, there] = io::stream::pair();
    there.close();
    auto both = io::all_settled(here.read(), there.read(), io::sleep(0ns));
    auto [end, closed, slept] = co_await std::move(both);
    if (!end || !end.value().empty()) co_return "no end";
    if (closed) co_return "read from what is closed";
    co_return slept ? "as it should be" : "did not sleep";
}

TEST_P(settling, takes_operations) {
    EXPECT_EQ(run(read_and_sleep()), "as it should be");
}

io::task<> collect(std::string& told) {
    auto both = io::all_settled(give(0ns, 1), give(zocalo::timeout::none(), 2));
    auto [quick, endless] = co_await std::move(both);
    told = quick ? "quick, " : "neither, ";
    try {
        endless.value();
    } catch (const net::stopped&) {
        told += "stopped, ";
    }
    co_await io::sleep(0ns);
    told += "and went on";
}

TEST_P(settling, a_cancellation_is_what_the_others_end_with) {
    std::string told;
    EXPECT_THROW(run(io::timeout(2ms, collect(told))), std::system_error);
    EXPECT_EQ(told, "quick, stopped, ");
}

ZOCALO_IN_EVERY_WORLD(settling);

}  // namespace
