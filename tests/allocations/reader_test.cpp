// SPDX-License-Identifier: MIT
// What a peer sends makes a reader no larger than its limit says, whatever it announces.
#include "zocalo/io/reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <system_error>

#include "allocations/allocations.hpp"
#include "io/worlds.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/stream.hpp"

namespace {

namespace io = zocalo::io;
namespace memory = zocalo::tests::allocations;

constexpr std::size_t flood = 64'000'000;
constexpr std::size_t limit = 8192;
constexpr std::size_t little = 1'000'000;  // the buffers of both ends, and the frames

/// Writes until the other end goes.
io::task<> send_flood(io::stream to, std::size_t& sent) {
    const std::string block(50'000, 'x');
    try {
        for (; sent < flood; sent += block.size())
            co_await to.write(block);
        co_await to.finish();
    } catch (const std::system_error&) {
        co_return;
    }
}

using reading = io::task<> (*)(io::reader&);

io::task<> read_line(io::reader& from) {
    co_await from.read_until("\n", limit);
}
io::task<> read_everything(io::reader& from) {
    co_await from.read_all(limit);
}

/// The most that was held beside what was held before.
io::task<std::size_t> refuse_flood(reading what, std::size_t& sent) {
    auto [one, other] = io::memory_pair();
    auto refuse = [](io::stream from, reading read) -> io::task<> {
        io::reader in(from);
        io::task<> refused = read(in);
        EXPECT_THROW(co_await std::move(refused), zocalo::protocol_error);
    };
    memory::forget_most();
    const std::size_t before = memory::held();
    co_await io::all(send_flood(std::move(one), sent), refuse(std::move(other), what));
    co_return memory::most_held() - before;
}

class readers_in_a_flood : public zocalo::tests::in_every_world {};

TEST_P(readers_in_a_flood, take_no_more_than_their_limit) {
    for (const reading what : {read_line, read_everything}) {
        std::size_t sent = 0;
        EXPECT_LT(run(refuse_flood(what, sent)), little);
        EXPECT_LT(sent, little) << "it went on reading";
    }
}

/// Counts the bytes and keeps none.
io::task<std::size_t> drop_all(io::stream from) {
    std::size_t all = 0;
    for (;;) {
        const io::chunk part = co_await from.read();
        if (part.empty()) co_return all;
        all += part.size();
    }
}

io::task<std::size_t> let_flood_pass(std::size_t& came) {
    auto [one, other] = io::memory_pair();
    std::size_t sent = 0;
    memory::forget_most();
    const std::size_t before = memory::held();
    auto [nothing, all] =
        co_await io::all(send_flood(std::move(one), sent), drop_all(std::move(other)));
    came = all;
    co_return memory::most_held() - before;
}

TEST_P(readers_in_a_flood, keep_nothing_of_what_was_used) {
    std::size_t came = 0;
    EXPECT_LT(run(let_flood_pass(came)), little);
    EXPECT_EQ(came, flood);
}

io::task<> send_few(io::stream to) {
    co_await to.write("few bytes");
    co_await to.finish();
}
io::task<> read_announced(io::stream from) {
    io::reader in(from);
    io::task<std::string> all = in.read_exactly(std::size_t{1} << 63U);
    EXPECT_THROW(co_await std::move(all), zocalo::protocol_error);
}
io::task<std::size_t> believe_nobody() {
    auto [one, other] = io::memory_pair();
    memory::forget_most();
    const std::size_t before = memory::held();
    co_await io::all(send_few(std::move(one)), read_announced(std::move(other)));
    co_return memory::most_held() - before;
}

TEST_P(readers_in_a_flood, hold_what_came_and_not_what_was_announced) {
    EXPECT_LT(run(believe_nobody()), little);
}

ZOCALO_IN_EVERY_WORLD(readers_in_a_flood);

}  // namespace
