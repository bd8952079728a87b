// SPDX-License-Identifier: MIT
#include "zocalo/tls/stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tls/ends.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

class tls_streams : public in_every_world {};

io::task<std::string> there_and_back(std::string what) {
    both_ends ends = co_await secure();
    auto [a, arrived, c, back] =
        co_await io::all(write_and_finish(ends.client, what), read_all(ends.server),
                         write_and_finish(ends.server, what), read_all(ends.client));
    EXPECT_EQ(arrived, what);
    co_return back;
}

TEST_P(tls_streams, carry_bytes_both_ways_at_once) {
    EXPECT_EQ(run(there_and_back("hello")), "hello");
    EXPECT_EQ(run(there_and_back("")), "");
    std::string much(5'000'000, 'x');
    for (std::size_t i = 0; i < much.size(); i += 7)
        much[i] = static_cast<char>('a' + i % 23);
    EXPECT_EQ(run(there_and_back(much)), much);
}

io::task<> over_tcp() {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    const net::endpoint where = listener.local_endpoint();
    auto [accepted, connected] = co_await io::all(listener.accept(), io::connect(where));
    both_ends ends = co_await secure(std::move(connected), std::move(accepted),
                                     tls::client_context(client_trusting(localhost())),
                                     tls::server_context(server_as(localhost())), "127.0.0.1");
    EXPECT_EQ(ends.client.peer_endpoint(), where);
    co_await greet(ends);
}

TEST_P(tls_streams, go_over_tcp_and_know_their_addresses) {
    run(over_tcp());
}

io::task<> gathered_pieces() {
    both_ends ends = co_await secure();
    const std::string large(40'000, 'L');
    const zocalo::const_buffer pieces[] = {"head", "", " and ", large, "tail"};
    co_await ends.client.write(pieces);
    std::string whole(4 + 5 + large.size() + 4, '\0');
    co_await ends.server.read_exactly(zocalo::mutable_buffer(whole));
    EXPECT_EQ(whole, "head and " + large + "tail");
}

TEST_P(tls_streams, write_pieces_in_their_order) {
    run(gathered_pieces());
}

io::task<> half_closed() {
    both_ends ends = co_await secure();
    co_await write_and_finish(ends.client, "question");
    EXPECT_EQ(co_await read_all(ends.server), "question");
    co_await write_and_finish(ends.server, "answer");
    EXPECT_EQ(co_await read_all(ends.client), "answer");
    co_await ends.client.finish();  // a second time changes nothing
    try {
        co_await ends.client.write("more");
        ADD_FAILURE() << "wrote after finish()";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::broken_pipe) << error.what();
    }
}

TEST_P(tls_streams, close_one_direction_at_a_time) {
    run(half_closed());
}

io::task<> cut_off(tls::truncation means) {
    tls::client_options options = client_trusting(localhost());
    options.truncation = means;
    both_ends ends =
        co_await secure(tls::client_context(options), tls::server_context(server_as(localhost())));
    co_await ends.server.write("part");
    ends.server.close();  // no close_notify
    const io::chunk part = co_await ends.client.read();
    EXPECT_EQ(part.text(), "part");
    const io::chunk nothing = co_await ends.client.read();
    EXPECT_TRUE(nothing.empty());
}

TEST_P(tls_streams, report_an_end_that_was_not_announced) {
    run(cut_off(tls::truncation::is_the_end));
    try {
        run(cut_off(tls::truncation::is_an_error));
        FAIL() << "the truncation was not reported";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::truncated) << error.what();
        EXPECT_NE(std::string(error.what()).find("read from localhost"), std::string::npos)
            << error.what();
    }
}

io::task<> wait_in_vain(tls::client_context context) {
    auto [mine, silent] = io::stream::pair();
    co_await tls::connect(std::move(mine), std::move(context), "localhost");
}

TEST_P(tls_streams, handshake_has_a_limit_in_time) {
    tls::client_options options = client_trusting(localhost());
    options.limits.handshake = 20ms;
    try {
        run(wait_in_vain(tls::client_context(options)));
        FAIL() << "a handshake with nobody";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        EXPECT_NE(std::string(error.what()).find("TLS handshake with localhost"), std::string::npos)
            << error.what();
        EXPECT_NE(std::string(error.what()).find("20 ms"), std::string::npos) << error.what();
    }
}

TEST_P(tls_streams, handshake_that_is_cancelled_says_so) {
    const tls::client_context context(client_trusting(localhost()));
    try {
        run(io::timeout(20ms, wait_in_vain(context)));
        FAIL() << "a handshake with nobody";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
}

io::task<> read_in_vain(io::stream& from) {
    co_await from.read();
}

io::task<> cancelled_read() {
    both_ends ends = co_await secure();
    try {
        co_await io::timeout(10ms, read_in_vain(ends.client));
        ADD_FAILURE() << "read from a silent peer";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
    }
    co_await greet(ends);  // as if nothing had been
}

TEST_P(tls_streams, cancelled_read_loses_nothing) {
    run(cancelled_read());
}

io::task<> read_some_in_vain(io::stream& from) {
    std::byte room[1];
    co_await from.read_some(zocalo::mutable_buffer(room));
}

io::task<> note_stop(io::task<> what, int& stops) {
    try {
        co_await std::move(what);
    } catch (const net::stopped&) {
        ++stops;
    }
}

io::task<> spawn_and_cancel(io::scope& scope, io::task<> what, int& stops) {
    scope.spawn(note_stop(std::move(what), stops));
    EXPECT_EQ(stops, 0);
    scope.cancel();
    co_return;
}

/// Whether a task that waits says net::stopped when its scope is cancelled.
io::task<bool> is_stopped_with_its_scope(io::task<> what) {
    io::scope scope;
    int stops = 0;
    co_await scope.run(spawn_and_cancel(scope, std::move(what), stops));
    co_return stops == 1;
}

io::task<> stopped_with_a_scope() {
    const tls::client_context context(client_trusting(localhost()));
    EXPECT_TRUE(co_await is_stopped_with_its_scope(wait_in_vain(context)));
    both_ends ends = co_await secure();
    EXPECT_TRUE(co_await is_stopped_with_its_scope(read_in_vain(ends.client)));
    EXPECT_TRUE(co_await is_stopped_with_its_scope(read_some_in_vain(ends.server)));
    co_await greet(ends);  // as if nothing had been
}

TEST_P(tls_streams, say_stopped_when_their_scope_is_cancelled) {
    run(stopped_with_a_scope());
}

io::task<> write_without_end(io::stream& to) {
    const std::string much(1'000'000, 'x');
    for (;;)
        co_await to.write(much);
}

io::task<> cancelled_write() {
    both_ends ends = co_await secure();
    try {
        co_await io::timeout(20ms, write_without_end(ends.client));
        ADD_FAILURE() << "wrote without end to nobody";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
    }
    try {
        co_await ends.client.write("more");
        ADD_FAILURE() << "wrote behind half of a record";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::write_interrupted) << error.what();
    }
}

TEST_P(tls_streams, nothing_follows_a_cancelled_write) {
    run(cancelled_write());
}

io::task<> read_twice() {
    both_ends ends = co_await secure();
    co_await io::all(read_in_vain(ends.client), read_in_vain(ends.client));
}

TEST_P(tls_streams, second_read_at_once_is_an_error) {
    try {
        run(read_twice());
        FAIL() << "two reads at once";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::device_or_resource_busy) << error.what();
    }
}

io::task<> wrap_and_unwrap() {
    both_ends ends = co_await secure();
    co_await greet(ends);
    auto [client, server] =
        co_await io::all(tls::unwrap(std::move(ends.client)), tls::unwrap(std::move(ends.server)));
    EXPECT_FALSE(tls::try_get_info(client));
    co_await write_and_finish(client, "in the clear");
    EXPECT_EQ(co_await read_all(server), "in the clear");
}

TEST_P(tls_streams, end_without_ending_the_connection) {
    run(wrap_and_unwrap());
}

io::task<> unwrap_with_a_silent_peer() {
    both_ends ends = co_await secure();
    co_await tls::unwrap(std::move(ends.client), 20ms);
}

TEST_P(tls_streams, unwrap_waits_no_longer_than_asked) {
    try {
        run(unwrap_with_a_silent_peer());
        FAIL() << "unwrapped although the peer said nothing";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
}

io::task<> tls_in_tls() {
    both_ends outer = co_await secure();
    both_ends inner = co_await secure(std::move(outer.client), std::move(outer.server),
                                      tls::client_context(client_trusting(localhost())),
                                      tls::server_context(server_as(localhost())));
    co_await greet(inner);
}

TEST_P(tls_streams, go_over_any_stream_also_over_tls) {
    run(tls_in_tls());
}

ZOCALO_IN_EVERY_WORLD(tls_streams);

TEST(tls_stream, blocks_without_a_loop) {
    auto [mine, theirs] = io::stream::pair();
    std::jthread server([below = std::move(theirs)]() mutable {
        io::stream peer =
            tls::accept(std::move(below), tls::server_context(server_as(localhost()))).get();
        const io::chunk question = peer.read().get();
        peer.write(zocalo::const_buffer(question.data(), question.size())).get();
        peer.finish().get();
    });
    io::stream peer = tls::connect(std::move(mine),
                                   tls::client_context(client_trusting(localhost())), "localhost")
                          .get();
    peer.write("hello").get();
    EXPECT_EQ(read_all(peer).get(), "hello");
}

TEST(tls_stream, wants_a_stream_and_a_host) {
    const tls::client_context context(client_trusting(localhost()));
    EXPECT_THROW(tls::connect({}, context, "localhost").get(), std::system_error);
    const auto connect_to = [&](std::string host) {
        auto [mine, theirs] = io::stream::pair();
        tls::connect(std::move(mine), context, std::move(host)).get();
    };
    using std::string_literals::operator""s;
    EXPECT_THROW(connect_to(""), std::invalid_argument);
    EXPECT_THROW(connect_to("."), std::invalid_argument);
    EXPECT_THROW(connect_to("a\0b"s), std::invalid_argument);
    EXPECT_THROW(connect_to("a b"), std::invalid_argument);
    EXPECT_THROW(connect_to("a\r\nb"), std::invalid_argument);
}

}  // namespace
