// SPDX-License-Identifier: MIT
// A connection in its dialogue allocates nothing: every operator new of this program is counted.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "allocations/allocations.hpp"
#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

class steady_dialogues : public zocalo::tests::in_every_world {};

io::task<> echo(io::stream peer) {
    for (;;) {
        const io::chunk got = co_await peer.read();
        if (got.empty()) break;
        co_await peer.write(zocalo::const_buffer(got.data(), got.size()));
    }
}

struct dialogue {
    std::vector<io::stream> clients;
    std::string what;
    std::string room;
    zocalo::timeout limit;  ///< around each read, if there is one
};

io::task<> read_back(io::stream& from, dialogue& in) {
    for (std::size_t got = 0; got < in.what.size();) {
        const auto rest = zocalo::mutable_buffer(in.room).without(got);
        if (in.limit.is_none()) {
            got += co_await from.read_some(rest);
        } else {
            got += co_await io::timeout(in.limit, from.read_some(rest));
        }
    }
    EXPECT_EQ(in.room, in.what);
}

/// All send, then all get it back, so many times over.
io::task<> talk(dialogue& in, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        for (io::stream& each : in.clients)
            co_await each.write(in.what);
        for (io::stream& each : in.clients)
            co_await read_back(each, in);
    }
}

io::task<> count_after_warm_up(dialogue& in, std::size_t& counted) {
    co_await talk(in, 300);
    const std::size_t before = zocalo::tests::allocations::count();
    co_await talk(in, 1000);
    counted = zocalo::tests::allocations::count() - before;
    in.clients.clear();
}

io::task<std::size_t> allocations_of(std::size_t connections, std::size_t size,
                                     zocalo::timeout limit) {
    dialogue in{{}, std::string(size, 'x'), std::string(size, '\0'), limit};
    std::vector<io::task<>> tasks;
    for (std::size_t i = 0; i < connections; ++i) {
        auto [one, other] = io::stream::pair();
        in.clients.push_back(std::move(one));
        tasks.push_back(echo(std::move(other)));
    }
    std::size_t counted = 0;
    tasks.push_back(count_after_warm_up(in, counted));
    co_await io::all(std::move(tasks));
    co_return counted;
}

TEST_P(steady_dialogues, allocate_nothing) {
    EXPECT_EQ(run(allocations_of(1, 64, zocalo::timeout::none())), 0U);
    EXPECT_EQ(run(allocations_of(1, 50'000, zocalo::timeout::none())), 0U);
}

TEST_P(steady_dialogues, allocate_nothing_for_time_outs) {
    EXPECT_EQ(run(allocations_of(1, 64, 10s)), 0U);
}

TEST_P(steady_dialogues, allocate_nothing_side_by_side) {
    EXPECT_EQ(run(allocations_of(32, 64, zocalo::timeout::none())), 0U);
}

TEST(allocations, are_counted) {
    const std::size_t before = zocalo::tests::allocations::count();
    std::vector<int> some(100);
    EXPECT_GT(zocalo::tests::allocations::count(), before);
}

INSTANTIATE_TEST_SUITE_P(on, steady_dialogues,
                         testing::Values(io::backend_kind::epoll, io::backend_kind::uring),
                         zocalo::tests::world_name);

}  // namespace
