// SPDX-License-Identifier: MIT
#include "zocalo/io/faults.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
using io::operation_kind;

class faulty : public zocalo::tests::in_every_world {};

const net::endpoint anywhere = net::endpoint::parse("127.0.0.1:0");

io::task<std::size_t> read_all(io::stream& from) {
    std::size_t size = 0;
    for (;;) {
        const io::chunk got = co_await from.read();
        if (got.empty()) co_return size;
        EXPECT_EQ(got.text(), std::string(got.size(), 'x'));
        size += got.size();
    }
}

io::task<> write_and_finish(io::stream& to, std::size_t size) {
    const std::string half(size / 2, 'x');
    const std::array<zocalo::const_buffer, 2> pieces{zocalo::const_buffer(half),
                                                     zocalo::const_buffer(half)};
    co_await to.write(pieces);
    co_await to.finish();
}

io::task<std::size_t> exchange(std::size_t size) {
    io::listener listener = co_await io::listen(anywhere);
    auto [server, client] =
        co_await io::all(listener.accept(), io::connect(listener.local_endpoint()));
    auto [nothing, came] = co_await io::all(write_and_finish(client, size), read_all(server));
    co_return came;
}

io::task<> datagrams_go() {
    io::datagram one = co_await io::open_datagram(anywhere);
    co_await one.send_to("to myself", one.local_endpoint());
    char room[20];
    const auto [size, peer] = co_await one.receive_from(zocalo::mutable_buffer(room));
    EXPECT_EQ(size, 9U);
    EXPECT_EQ(peer, one.local_endpoint());
}

/// What a program says that meets the n-th operation of a kind failing.
template <class Run>
std::string message_of(Run run) {
    try {
        run();
        return "nothing was thrown";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_buffer_space) << error.what();
        return error.what();
    }
}

TEST_P(faulty, each_kind_of_operation_fails_where_it_is_told_to) {
    const std::vector<std::pair<operation_kind, std::string>> streams{
        {operation_kind::listen, "bind 127.0.0.1:0: "},
        {operation_kind::accept, "accept on 127.0.0.1:"},
        {operation_kind::connect, "connect to 127.0.0.1:"},
        {operation_kind::send, "send to 127.0.0.1:"},
        {operation_kind::finish, "finish the connection to 127.0.0.1:"},
        {operation_kind::receive, "receive from 127.0.0.1:"}};
    for (const auto& [kind, message] : streams) {
        faults = io::fail_nth(kind, 1, std::errc::no_buffer_space);
        EXPECT_EQ(message_of([&] { run(exchange(100)); }).find(message), 0U) << message;
    }
    for (const auto kind : {operation_kind::send_datagrams, operation_kind::receive_datagrams}) {
        faults = io::fail_nth(kind, 1, std::errc::no_buffer_space);
        EXPECT_NE(message_of([&] { run(datagrams_go()); }).find("datagram"), std::string::npos);
    }
}

TEST_P(faulty, every_operation_in_turn_fails_once) {
    int failed = 0;
    for (std::uint64_t n = 1;; ++n) {
        faults = io::fail_nth(n, std::errc::io_error);
        try {
            EXPECT_EQ(run(exchange(2000)), 2000U);
            break;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::io_error) << error.what();
            ++failed;
        }
    }
    EXPECT_GE(failed, 7) << "listen, accept, connect, a send, a finish, a receive and the end";
}

TEST_P(faulty, pieces_of_any_size_give_the_same_bytes) {
    for (const std::size_t most : {1U, 7U, 100U, 5000U}) {
        faults = io::in_pieces(most);
        EXPECT_EQ(run(exchange(10'000)), 10'000U) << most;
    }
}

io::task<std::size_t> longest_read(io::stream& from) {
    std::size_t longest = 0;
    for (;;) {
        const std::size_t size = (co_await from.read()).size();
        if (size == 0) co_return longest;
        longest = std::max(longest, size);
    }
}

io::task<std::size_t> longest_of_pair() {
    auto [one, other] = io::stream::pair();
    auto [nothing, longest] = co_await io::all(write_and_finish(one, 1000), longest_read(other));
    co_return longest;
}

TEST_P(faulty, reads_bring_no_more_than_they_may) {
    faults = io::in_pieces(7);
    EXPECT_EQ(run(longest_of_pair()), 7U);
}

io::task<std::chrono::nanoseconds> time_of_exchange() {
    const io::time_point before = co_await io::now();
    co_await exchange(100);
    co_return co_await io::now() - before;
}

TEST_P(faulty, delays_pass_before_the_operation) {
    faults = [](const io::coming_operation& what) {
        return io::fault{.delay = what.kind == operation_kind::connect ? 30ms : 0ms};
    };
    EXPECT_GE(run(time_of_exchange()), 30ms);
    EXPECT_LT(run(time_of_exchange()), 10s);
}

io::task<> give_up_during_the_delay() {
    co_await io::timeout(5ms, exchange(100));
}

TEST_P(faulty, delayed_operation_can_be_cancelled) {
    faults = [](const io::coming_operation&) { return io::fault{.delay = 1h}; };
    try {
        run(give_up_during_the_delay());
        FAIL() << "was not delayed";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
}

io::task<> pass_through_a_pipe() {
    auto [out, in] = io::pipe();
    co_await in.write("through");
    EXPECT_EQ((co_await out.read()).text(), "through");
    in.close();
    EXPECT_TRUE((co_await out.read()).empty());
}

TEST_P(faulty, pipes_are_in_every_world) {
    run(pass_through_a_pipe());
    faults = io::fail_nth(io::operation_kind::receive, 2, std::errc::no_buffer_space);
    EXPECT_NE(message_of([&] { run(pass_through_a_pipe()); }), "nothing was thrown");
}

io::task<> wait_for_readiness() {
    auto [one, other] = io::stream::pair();
    co_await other.write("x");
    using ready = io::detail::ready_operation;
    io::detail::awaitable<ready> waiting(one.made_of(), ready::direction::read);
    co_await waiting;
}

TEST_P(faulty, waiting_for_readiness_fails_and_is_late) {
    run(wait_for_readiness());
    faults = io::fail_nth(io::operation_kind::wait_ready, 1, std::errc::no_buffer_space);
    EXPECT_EQ(message_of([&] { run(wait_for_readiness()); }).find("wait for a descriptor"), 0U);
    faults = [](const io::coming_operation&) { return io::fault{.delay = 1ms}; };
    run(wait_for_readiness());
}

TEST_P(faulty, hook_sees_every_operation_with_its_address) {
    std::string seen;
    faults = [&](const io::coming_operation& what) {
        EXPECT_FALSE(what.address.size() == 0);
        seen += std::string(io::to_text(what.kind)) + ' ';
        return io::fault{};
    };
    run(exchange(100));
    EXPECT_EQ(seen.find("listen accept connect send finish receive receive "), 0U) << seen;
}

TEST(faults, pieces_of_nothing_are_refused) {
    EXPECT_THROW((void)io::in_pieces(0), std::invalid_argument);
}

ZOCALO_IN_EVERY_WORLD(faulty);

}  // namespace
