// SPDX-License-Identifier: MIT
#include "zocalo/io/write_queue.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/host.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

/// What came of something: its error, or none; a cancellation is operation_canceled.
io::task<std::error_code> outcome(io::task<> what) {
    try {
        co_await std::move(what);
    } catch (const std::system_error& error) {
        co_return error.code();
    }
    co_return std::error_code();
}

io::task<> read_everything(io::stream& from, std::string& all) {
    io::reader reader(from);
    all = co_await reader.read_all(std::size_t{1} << 24);
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        all.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return all;
}

class write_queues : public zocalo::tests::in_every_world {};

std::string message_of(int writer, int number) {
    std::string text = std::to_string(writer);
    text += ':';
    text += std::to_string(number);
    text += ':';
    text.append(static_cast<std::size_t>(writer * 700 + number * 31),
                static_cast<char>('a' + writer));
    return text + '\n';
}

constexpr int writers = 8;
constexpr int messages = 40;

io::task<> one_writer(io::write_queue& out, int writer) {
    for (int i = 0; i < messages; ++i) {
        if (i % 3 == 0) {
            co_await out.write(message_of(writer, i));
        } else {
            co_await out.put(message_of(writer, i));
        }
    }
}

io::task<> all_writers(io::write_queue& out) {
    std::vector<io::task<>> each;
    for (int i = 0; i < writers; ++i)
        each.push_back(one_writer(out, i));
    co_await io::all(std::move(each));
    out.close();
    EXPECT_THROW((void)out.try_put("late"), std::system_error);
}

io::task<> write_and_finish(io::write_queue& out, io::stream& to) {
    co_await io::all(out.run(), all_writers(out));
    co_await to.finish();
}

void expect_everything_in_order(const std::string& said) {
    std::vector<int> next(writers, 0);
    const auto all = lines(said);
    EXPECT_EQ(all.size(), std::size_t{writers} * messages);
    for (const std::string& each : all) {
        const int writer = std::stoi(each);
        const int number = next.at(static_cast<std::size_t>(writer))++;
        ASSERT_EQ(each + '\n', message_of(writer, number));
    }
}

io::task<std::string> exchange(std::size_t most_bytes) {
    auto [near, far] = io::stream::pair();
    io::stream to = std::move(near);
    io::stream from = std::move(far);
    io::write_queue out(to, {.most_bytes = most_bytes});
    std::string said;
    co_await io::all(write_and_finish(out, to), read_everything(from, said));
    EXPECT_EQ(out.size(), 0U);
    co_return said;
}

TEST_P(write_queues, keep_messages_whole_and_the_order_of_each_writer) {
    expect_everything_in_order(run(exchange(std::size_t{1} << 20)));
    expect_everything_in_order(run(exchange(1000)));  // less than most messages
}

/// Of messages that are put one after another while nothing is taken.
io::task<> puts_in_order(io::write_queue& out, std::vector<std::string>& done, std::string text) {
    co_await out.put(text);
    done.push_back(std::move(text));
}

io::task<> waits_for_room() {
    auto [near, far] = io::memory_pair();
    io::stream to = std::move(near);
    io::stream from = std::move(far);
    io::write_queue out(to, {.most_bytes = 10});
    std::vector<std::string> done;
    std::string said;
    const auto put_all = [&]() -> io::task<> {
        co_await io::all(puts_in_order(out, done, "12345678"), puts_in_order(out, done, "abcdef"),
                         puts_in_order(out, done, "!"));
        out.close();
    };
    const auto drive = [&]() -> io::task<> {
        EXPECT_EQ(done, (std::vector<std::string>{"12345678"}));
        EXPECT_FALSE(out.try_put("x"));  // there would be room, but others came first
        co_await out.run();
        co_await to.finish();
    };
    co_await io::all(put_all(), drive(), read_everything(from, said));
    EXPECT_EQ(said, "12345678abcdef!");
}

TEST_P(write_queues, let_writers_wait_for_room_in_order) {
    run(waits_for_room());
}

io::task<> refuses() {
    auto [near, far] = io::memory_pair();
    io::stream to = std::move(near);
    io::write_queue out(to, {.most_bytes = 10, .policy = io::overflow::refuse});
    co_await out.put(std::string(100, 'x'));  // an empty queue has room for anything
    const std::error_code full = co_await outcome(out.put("y"));
    EXPECT_EQ(full, std::errc::no_buffer_space);
    EXPECT_EQ(out.size(), 100U);
    const auto then = [&]() -> io::task<> {
        co_await out.flush();
        EXPECT_EQ(out.size(), 0U);
        co_await out.write("z");
        out.close();
    };
    co_await io::all(out.run(), then());
    const std::error_code late = co_await outcome(out.put("late"));
    EXPECT_EQ(late, std::errc::broken_pipe);
}

TEST_P(write_queues, refuse_what_is_too_much) {
    run(refuses());
}

/// The peer reads nothing: a write hangs when the queue is dropped.
io::task<> drops() {
    auto [near, far] = io::memory_pair(4);
    io::stream to = std::move(near);
    io::write_queue out(to, {.most_bytes = 10, .policy = io::overflow::drop});
    std::vector<std::error_code> ends;
    const auto note = [&](io::task<> what) -> io::task<> {
        const std::error_code end = co_await outcome(std::move(what));
        ends.push_back(end);
    };
    const auto overflow = [&]() -> io::task<> {
        co_await io::sleep(0s);  // the queue writes
        EXPECT_TRUE(ends.empty());
        const std::error_code mine = co_await outcome(out.put("too much"));
        EXPECT_EQ(mine, std::errc::no_buffer_space);
    };
    co_await io::all(note(out.run()), note(out.write("12345678")), note(out.flush()), overflow());
    EXPECT_EQ(ends, std::vector(3, std::make_error_code(std::errc::no_buffer_space)));
    const std::error_code late = co_await outcome(out.write("late"));
    EXPECT_EQ(late, std::errc::no_buffer_space);
}

TEST_P(write_queues, drop_a_peer_that_does_not_read) {
    run(drops());
}

io::task<> fails_everywhere() {
    auto [near, far] = io::memory_pair(4);
    io::stream to = std::move(near);
    io::stream from = std::move(far);
    io::write_queue out(to, {.most_bytes = 10});
    std::vector<std::error_code> ends;
    const auto note = [&](io::task<> what) -> io::task<> {
        const std::error_code end = co_await outcome(std::move(what));
        ends.push_back(end);
    };
    const auto hang_up = [&]() -> io::task<> {
        co_await io::sleep(0s);  // the queue writes
        EXPECT_TRUE(ends.empty());
        from.close();
    };
    co_await io::all(note(out.run()), note(out.write("12345678")), note(out.put("no room")),
                     note(out.write("no room either")), hang_up());
    EXPECT_EQ(ends, std::vector(4, std::error_code(EPIPE, std::system_category())));
    const std::error_code late = co_await outcome(out.put("late"));
    EXPECT_EQ(late, std::errc::broken_pipe);
}

TEST_P(write_queues, tell_a_failure_to_every_writer) {
    run(fails_everywhere());
}

/// One that is cancelled while its message is half sent, and one that waits for room.
io::task<> cancels_writers() {
    auto [near, far] = io::memory_pair(4);
    io::stream to = std::move(near);
    io::stream from = std::move(far);
    io::write_queue out(to, {.most_bytes = 10});
    io::event begun;
    io::event cancelled;
    const auto talk = [&]() -> io::task<> {
        co_await io::any(out.write("first, half sent\n"), out.put("never\n"), begun.wait());
        cancelled.set();
        co_await out.put("last\n");
        out.close();
    };
    const auto work = [&]() -> io::task<> {
        co_await io::all(out.run(), talk());
        co_await to.finish();
    };
    std::string said(2, ' ');
    const auto read = [&]() -> io::task<> {
        co_await from.read_exactly(zocalo::mutable_buffer(said));
        begun.set();
        co_await cancelled.wait();
        std::string rest;
        co_await read_everything(from, rest);
        said += rest;
    };
    co_await io::all(work(), read());
    EXPECT_EQ(said, "first, half sent\nlast\n");
}

TEST_P(write_queues, survive_writers_that_are_cancelled) {
    run(cancels_writers());
}

io::task<> stops() {
    auto [near, far] = io::memory_pair(4);
    io::stream to = std::move(near);
    io::write_queue out(to);
    std::error_code writer;
    std::error_code runner;
    const auto write = [&]() -> io::task<> { writer = co_await outcome(out.write("12345678")); };
    const auto run_shortly = [&]() -> io::task<> {
        runner = co_await outcome(io::timeout(2ms, out.run()));
    };
    co_await io::all(write(), run_shortly());
    EXPECT_EQ(writer, std::errc::connection_aborted);  // nobody has cancelled the writer
    EXPECT_EQ(runner, std::errc::timed_out);
}

TEST_P(write_queues, end_with_who_runs_them) {
    run(stops());
}

/// A transport that only counts.
class counting final : public io::transport {
 public:
    io::task<io::chunk> read() override { co_return io::chunk(); }
    io::task<std::size_t> read_some(zocalo::mutable_buffer /*into*/) override {
        co_return std::size_t{0};
    }
    io::task<> write(std::span<const zocalo::const_buffer> pieces) override {
        writes.push_back(pieces.size());
        co_return;
    }
    io::task<> finish() override { co_return; }
    std::vector<std::size_t> writes;
};

TEST(write_queue, gathers_what_waits) {
    auto made = std::make_unique<counting>();
    const counting& counts = *made;
    io::stream to{std::move(made)};
    io::write_queue out(to);
    for (int i = 0; i < 150; ++i)
        EXPECT_TRUE(out.try_put("message"));
    out.close();
    out.run().get();
    EXPECT_EQ(counts.writes, (std::vector<std::size_t>{64, 64, 22}));
}

io::task<> serve_once(net::endpoint where, std::string& said) {
    io::listener listener = co_await io::listen(where);
    io::stream peer = co_await listener.accept();
    co_await read_everything(peer, said);
}

io::task<> write_to(net::endpoint where) {
    io::stream to = co_await io::connect(where);
    io::write_queue out(to, {.most_bytes = 5000});
    co_await write_and_finish(out, to);
}

/// Sends back what comes, once.
io::task<> echo_once(io::stream& peer, io::write_queue& out, bool soon) {
    const io::chunk came = co_await peer.read();
    std::string head = "<";
    std::string rest(came.text());
    EXPECT_TRUE(out.try_put(head, rest, soon));
    out.close();
}

io::task<> note_what_waits(io::stream& peer, const io::write_queue& of, std::size_t& bytes) {
    const io::chunk came = co_await peer.read();
    bytes = of.size();
}

/// Bytes that wait in the queue of one task when the next one runs, to whom something came at the
/// same time.
io::task<std::size_t> waiting_meanwhile(bool soon) {
    std::pair<io::stream, io::stream> one = io::stream::pair();
    std::pair<io::stream, io::stream> other = io::stream::pair();
    io::write_queue out(one.first);
    std::size_t bytes = 0;
    std::string all;
    const auto write_to_both = [&]() -> io::task<> {
        co_await one.second.write(std::string_view("hello"));
        co_await other.second.write(std::string_view("hello"));
        char answer[6] = {};
        const std::size_t size = co_await one.second.read_exactly(answer);
        all.assign(answer, size);
    };
    co_await io::all(out.run(), echo_once(one.first, out, soon),
                     note_what_waits(other.first, out, bytes), write_to_both());
    EXPECT_EQ(all, "<hello");
    co_return bytes;
}

TEST(write_queue, writes_soon_what_is_to_go_soon) {
    io::loop loop(io::backend_kind::epoll);
    EXPECT_EQ(loop.run(waiting_meanwhile(true)), 0U);
    EXPECT_EQ(loop.run(waiting_meanwhile(false)), 6U);
}

TEST(write_queue, keeps_order_over_a_bad_network) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        sim::world world(seed);
        world.set_link(sim::bad_link);
        sim::host& server = world.host("server");
        std::string said;
        server.spawn(serve_once(server.at(80), said));
        world.host("client").spawn(write_to(server.at(80)));
        world.run();
        expect_everything_in_order(said);
    }
}

ZOCALO_IN_EVERY_WORLD(write_queues);

}  // namespace
