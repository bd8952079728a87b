// SPDX-License-Identifier: MIT
#include "zocalo/net/connect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using literals::operator""_ip;

socket listening_on(const endpoint& where) {
    socket server{where.family()};
    server.bind(where);
    server.listen(5);
    return server;
}

/// A port of 127.0.0.1 that nobody listens on: the socket that holds it is bound and no more.
struct silent_port {
    socket holder{family::inet};
    endpoint where;
    silent_port() {
        holder.bind({"127.0.0.1", 0});
        where = holder.local_endpoint();
    }
};

TEST(create_connection, connects_by_name_and_service) {
    socket server = listening_on({"127.0.0.1"_ip, 0});
    const auto port = server.local_endpoint().port();
    socket client = create_connection({"localhost", port}, {.timeout = 5s, .family = family::inet});
    EXPECT_EQ(client.peer_endpoint(), server.local_endpoint());
    EXPECT_TRUE(client.get_timeout().is_none());
}

TEST(create_connection, goes_on_after_an_address_that_refuses) {
    const silent_port silent;
    socket server = listening_on({"127.0.0.1"_ip, 0});
    const endpoint peers[] = {silent.where, server.local_endpoint()};
    const auto result = try_create_connection(peers, {.timeout = 5s});
    ASSERT_FALSE(result.error);
    EXPECT_EQ(result.socket.peer_endpoint(), server.local_endpoint());
    ASSERT_EQ(result.attempts.size(), 2U);
    EXPECT_EQ(result.attempts[0].error, std::errc::connection_refused);
    EXPECT_FALSE(result.attempts[1].error);
}

TEST(create_connection, reports_every_address_that_failed) {
    const silent_port a;
    const silent_port b;
    const endpoint peers[] = {a.where, b.where};
    try {
        (void)create_connection(peers);
        FAIL();
    } catch (const connect_error& e) {
        EXPECT_EQ(e.code(), std::errc::connection_refused);
        ASSERT_EQ(e.attempts().size(), 2U);
        EXPECT_EQ(e.attempts()[0].peer, a.where);
        EXPECT_EQ(e.attempts()[1].peer, b.where);
        EXPECT_THAT(e.what(), testing::HasSubstr(a.where.to_string() + ": Connection refused; "));
        EXPECT_THAT(e.what(), testing::HasSubstr(b.where.to_string() + ": Connection refused): "));
        EXPECT_THAT(e.what(), testing::EndsWith(": Connection refused"));
    }
}

/// A listener whose queue is full: the kernel drops what comes, as a dead host would.
class dead_address {
 public:
    dead_address() : server_{family::inet} {
        server_.bind({"127.0.0.1", 0});
        server_.listen(0);
        where = server_.local_endpoint();
        for (;;) {
            socket filler{family::inet};
            filler.set_timeout(50ms);
            if (filler.try_connect(where)) break;
            fillers_.push_back(std::move(filler));
        }
    }
    endpoint where;

 private:
    socket server_;
    std::vector<socket> fillers_;
};

TEST(create_connection, an_address_that_never_answers_costs_only_the_delay) {
    const dead_address dead;
    socket server = listening_on({"127.0.0.1"_ip, 0});
    const endpoint peers[] = {dead.where, server.local_endpoint()};
    const auto started = deadline::clock::now();
    const auto result = try_create_connection(peers, {.timeout = 20s});
    const auto took = deadline::clock::now() - started;
    ASSERT_FALSE(result.error) << result.error.message();
    EXPECT_EQ(result.socket.peer_endpoint(), server.local_endpoint());
    EXPECT_GE(took, 250ms);
    EXPECT_LT(took, 5s);
    EXPECT_EQ(result.attempts[0].error, std::errc::operation_canceled);
}

TEST(create_connection, one_deadline_for_all_addresses) {
    const dead_address a;
    const dead_address b;
    const endpoint peers[] = {a.where, b.where};
    const auto started = deadline::clock::now();
    const auto result = try_create_connection(peers, {.timeout = 60ms, .attempt_delay = 20ms});
    const auto took = deadline::clock::now() - started;
    EXPECT_EQ(result.error, std::errc::timed_out);
    EXPECT_GE(took, 60ms);
    EXPECT_LT(took, 2s);
    ASSERT_EQ(result.attempts.size(), 2U);
    EXPECT_EQ(result.attempts[0].error, std::errc::timed_out);
    EXPECT_EQ(result.attempts[1].error, std::errc::timed_out);
    EXPECT_FALSE(result.socket.is_open());
}

TEST(create_connection, without_a_delay_addresses_follow_only_on_failure) {
    const dead_address dead;
    socket server = listening_on({"127.0.0.1"_ip, 0});
    const endpoint peers[] = {dead.where, server.local_endpoint()};
    const auto result =
        try_create_connection(peers, {.timeout = 100ms, .attempt_delay = timeout::none()});
    EXPECT_EQ(result.error, std::errc::timed_out);
    EXPECT_EQ(result.attempts.size(), 1U);
}

TEST(create_connection, a_stop_ends_the_wait) {
    const dead_address dead;
    stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    try {
        (void)create_connection(dead.where, {.stop = &stop});
        FAIL();
    } catch (const stopped& e) {
        EXPECT_EQ(e.code(), std::errc::operation_canceled);
        EXPECT_THAT(e.what(), testing::HasSubstr(dead.where.to_string()));
    }
}

TEST(create_connection, comes_from_the_source_address) {
    socket server = listening_on({"127.0.0.1"_ip, 0});
    socket client =
        create_connection(server.local_endpoint(), {.source = endpoint{"127.0.0.2"_ip, 0}});
    EXPECT_EQ(client.local_endpoint().ip(), "127.0.0.2"_ip);
}

TEST(create_connection, prepares_each_socket) {
    socket server = listening_on({"127.0.0.1"_ip, 0});
    int prepared = 0;
    socket client = create_connection(server.local_endpoint(), {.prepare = [&](socket& s) {
                                          ++prepared;
                                          s.set_timeout(3s);
                                      }});
    EXPECT_EQ(prepared, 1);
    EXPECT_EQ(client.get_timeout(), timeout(3s));
    EXPECT_THROW((void)create_connection(server.local_endpoint(),
                                         {.prepare = [](socket&) { throw std::logic_error("x"); }}),
                 std::logic_error);
}

TEST(create_connection, speaks_mptcp_or_falls_back) {
    socket server = listening_on({"127.0.0.1"_ip, 0});
    socket client = create_connection(server.local_endpoint(), {.protocol = protocol::mptcp});
    EXPECT_EQ(client.peer_endpoint(), server.local_endpoint());
}

TEST(create_connection, connects_to_unix_endpoints) {
    socket server{family::local};
    server.bind(endpoint::autobind());
    server.listen();
    socket client = create_connection(server.local_endpoint(), {.timeout = 1s});
    EXPECT_EQ(client.peer_endpoint(), server.local_endpoint());
    try {
        (void)create_connection(endpoint::local("/nonexistent/socket"));
        FAIL();
    } catch (const connect_error& e) {
        EXPECT_EQ(e.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(e.what(), testing::StartsWith("connect unix:/nonexistent/socket: "));
    }
}

TEST(create_connection, misuse_is_named) {
    const endpoint v4{"127.0.0.1"_ip, 9};
    EXPECT_THROW((void)create_connection({"127.0.0.1", 9}, {.family = family::inet6, .source = v4}),
                 std::invalid_argument);
    EXPECT_THROW((void)create_connection(v4, {.family = family::inet6}), std::invalid_argument);
    EXPECT_THROW((void)create_connection(std::span<const endpoint>{}), std::invalid_argument);
    EXPECT_THROW((void)create_connection({"127.0.0.1", 65536}), std::invalid_argument);
    EXPECT_THROW((void)create_connection({"127.0.0.1", -1}), std::invalid_argument);
    EXPECT_THROW((void)create_connection({"127.0.0.1", 9}, {.max_attempts = 0}),
                 std::invalid_argument);
}

TEST(create_connection, an_unknown_name_is_an_error_of_names) {
    const auto result = try_create_connection({"no-such-host.invalid", 80});
    EXPECT_EQ(result.error.category(), name_category());
    EXPECT_TRUE(result.attempts.empty());
}

}  // namespace
}  // namespace zocalo::net
