// SPDX-License-Identifier: MIT
// What goes wrong in a simulated network, and what its programs see of it.
#include <gtest/gtest.h>

#include <string>

#include "sim/programs.hpp"
#include "zocalo/io/channel.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;
using zocalo::tests::ask;
using zocalo::tests::echo_server;

class failures : public testing::Test {
 protected:
    failures() {
        server.on_start([] { return echo_server(7); });
    }

    /// The code and the time of what a client's task ends with.
    std::pair<std::error_code, std::chrono::nanoseconds> end_of(io::task<std::string> what) {
        const auto before = world.elapsed();
        std::error_code code;
        try {
            client.run(std::move(what));
        } catch (const std::system_error& error) {
            code = error.code();
        }
        return {code, world.elapsed() - before};
    }
    std::error_code code_of(io::task<std::string> what) { return end_of(std::move(what)).first; }
    [[nodiscard]] bool traced(const std::string& text) const {
        return world.trace().find(text) != std::string::npos;
    }

    sim::world world{1};
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");
};

/// Asks again and again on one connection, and says with what that ends.
io::task<std::string> talk(net::endpoint where) {
    io::stream server = co_await io::connect(where);
    for (;;) {
        co_await server.write("still there?");
        if ((co_await server.read()).empty()) co_return "the end";
        co_await io::sleep(100ms);
    }
}

TEST_F(failures, port_where_nobody_listens_refuses) {
    EXPECT_EQ(code_of(ask(server.at(8), "x")), std::errc::connection_refused);
    EXPECT_TRUE(traced("server: nobody here for 10.0.0.2:"));
}

TEST_F(failures, host_that_is_not_there_is_told_after_a_while) {
    const auto [code, span] = end_of(ask(net::endpoint::parse("10.0.0.77:7"), "x"));
    EXPECT_EQ(code, std::errc::host_unreachable);
    EXPECT_GE(span, 1s);
}

TEST_F(failures, cut_link_times_out_as_tcp_does) {
    world.cut(server, client);
    const auto [code, span] = end_of(ask(server.at(7), "x"));
    EXPECT_EQ(code, std::errc::timed_out);
    EXPECT_EQ(span, 127s) << "six times a SYN, as Linux has it";
    world.heal();
    EXPECT_EQ(client.run(ask(server.at(7), "x")), "x");
}

TEST_F(failures, partition_heals_and_the_connection_goes_on) {
    world.after(1s, [&] { world.partition({client}); });
    world.after(20s, [&] { world.heal(client, server); });
    world.after(60s, [&] { server.kill(); });
    EXPECT_GE(end_of(talk(server.at(7))).second, 60s);
}

TEST_F(failures, only_answers_are_lost_when_one_way_is_cut) {
    world.cut_from(server, client);
    EXPECT_EQ(code_of(ask(server.at(7), "x")), std::errc::timed_out);
    EXPECT_FALSE(traced("server: accept"));
    EXPECT_TRUE(traced("server: no way, lost to 10.0.0.2:"));
}

TEST_F(failures, reset_reaches_both_ends) {
    world.after(1s, [&] { world.reset_connections(server, client); });
    EXPECT_EQ(code_of(talk(server.at(7))), std::errc::connection_reset);
    EXPECT_EQ(client.run(ask(server.at(7), "x")), "x") << "the server lives";
}

TEST_F(failures, crash_says_nothing_until_the_host_is_back) {
    world.after(1s, [&] { server.crash(); });
    world.after(30s, [&] { server.restart(); });
    const auto [code, span] = end_of(talk(server.at(7)));
    EXPECT_EQ(code, std::errc::connection_reset);
    EXPECT_GE(span, 30s);
    EXPECT_EQ(client.run(ask(server.at(7), "x")), "x") << "it runs its programs again";
}

TEST_F(failures, kill_closes_connections_at_once) {
    world.after(1s, [&] { server.kill(); });
    const auto [code, span] = end_of(talk(server.at(7)));
    EXPECT_LT(span, 2s);
    EXPECT_FALSE(server.is_up());
    EXPECT_EQ(code_of(ask(server.at(7), "x")), std::errc::connection_refused);
}

TEST_F(failures, run_on_a_host_that_goes_down_is_stopped) {
    world.after(1s, [&] { client.crash(); });
    EXPECT_THROW(client.run(talk(server.at(7))), net::stopped);
    EXPECT_THROW(client.spawn(echo_server(9)), std::logic_error);
}

io::task<> throw_later() {
    co_await io::sleep(1s);
    throw std::runtime_error("on purpose");
}

TEST_F(failures, error_of_a_spawned_task_comes_out_of_the_run) {
    client.spawn(throw_later());
    EXPECT_THROW(world.run(), std::runtime_error);
    EXPECT_EQ(world.elapsed(), 1s);
}

// --- Deadlocks

std::string message_of_stuck(sim::host& on, io::task<std::string> what) {
    try {
        on.run(std::move(what));
    } catch (const sim::stuck& error) {
        return error.what();
    }
    return "it ended";
}

io::task<std::string> read_only(net::endpoint where) {
    io::stream server = co_await io::connect(where);
    const io::chunk got = co_await server.read();  // which waits for the client to begin
    co_return std::string(got.text());
}

TEST_F(failures, deadlock_says_who_waits_for_what) {
    const std::string message = message_of_stuck(client, read_only(server.at(7)));
    EXPECT_NE(message.find("all tasks wait, and no event can wake one of them"), std::string::npos)
        << message;
    EXPECT_NE(message.find("(seed 1)"), std::string::npos) << message;
    EXPECT_NE(message.find("client: task \"run\" waits: receive from 10.0.0.1:7"),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("accept on 0.0.0.0:7; receive from 10.0.0.2:"), std::string::npos)
        << message;
}

io::task<std::string> nobody_sends() {
    io::channel<int> channel(1);
    co_await channel.receive();
    co_return "";
}

TEST_F(failures, task_that_waits_for_another_one_is_told_too) {
    const std::string message = message_of_stuck(client, nobody_sends());
    EXPECT_NE(message.find("waits: another task"), std::string::npos) << message;
}

io::task<std::string> write_without_end(net::endpoint where) {
    io::stream server = co_await io::connect(where);
    co_await server.write(std::string(1'000'000, 'x'));
    co_return "";
}

io::task<> accept_and_sit(std::uint16_t port) {
    io::listener listener = co_await io::listen({net::address::any_v4(), port});
    const io::stream peer = co_await listener.accept();
    co_await io::sleep(zocalo::timeout::none());
}

TEST_F(failures, peer_that_never_reads_is_found) {
    server.on_start([] { return accept_and_sit(9); });
    const std::string message = message_of_stuck(client, write_without_end(server.at(9)));
    EXPECT_NE(message.find("send to 10.0.0.1:9, which does not read"), std::string::npos)
        << message;
}

io::task<std::string> never_waits() {
    for (;;)
        co_await io::sleep(0ns);
}

TEST_F(failures, task_that_only_turns_is_found) {
    EXPECT_NE(message_of_stuck(client, never_waits()).find("time stands still"), std::string::npos);
}

// --- The world outside

io::task<std::string> read_from(io::stream& from) {
    const io::chunk got = co_await from.read();
    co_return std::string(got.text());
}

io::task<std::string> receive_at(io::datagram& from) {
    char room[10];
    const auto [size, peer] = co_await from.receive_from(zocalo::mutable_buffer(room));
    co_return std::string(&room[0], size);
}

template <class Run>
std::string refusal_of(Run run) {
    try {
        run();
    } catch (const std::logic_error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

TEST_F(failures, descriptors_of_the_kernel_are_refused) {
    auto [real, other] = io::stream::pair();
    auto [out, in] = io::pipe();
    const std::string expected = "a socket, pipe or signal of the operating system";
    EXPECT_EQ(refusal_of([&, &one = real] { client.run(read_from(one)); }).find(expected), 0U);
    EXPECT_EQ(refusal_of([&, &one = out] { client.run(read_from(one)); }).find(expected), 0U);
    io::datagram socket = io::loop().run(io::open_datagram(net::endpoint::parse("127.0.0.1:0")));
    EXPECT_EQ(refusal_of([&] { client.run(receive_at(socket)); }).find(expected), 0U);
}

io::task<std::pair<io::stream, io::stream>> simulated_pair() {
    co_return io::stream::pair();
}

TEST_F(failures, streams_of_the_world_are_refused_outside) {
    auto [one, other] = client.run(simulated_pair());
    const std::string refusal =
        refusal_of([&, &simulated = one] { io::loop().run(read_from(simulated)); });
    EXPECT_NE(refusal.find("outside of it"), std::string::npos) << refusal;
}

io::task<std::string> run_inside(sim::world& world) {
    world.run();
    co_return "";
}

TEST_F(failures, world_does_not_run_inside_of_its_run) {
    EXPECT_THROW(client.run(run_inside(world)), std::logic_error);
}

}  // namespace
