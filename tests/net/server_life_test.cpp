// SPDX-License-Identifier: MIT
// How servers stop, drain, fail and ask their owner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <string>

#include "support/serving.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using test::bound_to_loopback;
using test::serving;
using clock = std::chrono::steady_clock;

socket client_of(const server& server) {
    socket client{family::inet};
    client.connect(server.local_endpoint());
    client.set_timeout(5s);
    return client;
}

void wait_for(const std::function<bool()>& condition) {
    for (const deadline until{5s}; !condition() && !until.passed();)
        std::this_thread::sleep_for(1ms);
    ASSERT_TRUE(condition());
}

void greet(connection& client) {
    client.socket().send_all("hello");
}
void wait_for_peer(connection& client) {
    (void)client.socket().recv(1);
}

class every_kind : public testing::TestWithParam<concurrency> {};
class every_parallel_kind : public testing::TestWithParam<concurrency> {};

TEST_P(every_parallel_kind, lets_a_handler_finish_after_the_stop) {
    const auto finish_late = [](connection& client) {
        client.socket().send_all("begun ");
        while (!client.stop().stopped())
            std::this_thread::sleep_for(1ms);
        client.socket().send_all("and finished");
    };
    stream_server server{
        bound_to_loopback(), finish_late, {.how = GetParam(), .limits = {.linger = 10ms}}};
    serving thread{server};
    socket client = client_of(server);
    ASSERT_EQ(client.recv(6), "begun ");
    server.shutdown();
    EXPECT_EQ(client.recv(100), "and finished");
    client.close();
    thread.stop();
    EXPECT_EQ(server.counters().active, 0U);
    EXPECT_EQ(server.counters().errors, 0U);
    socket late{family::inet};
    EXPECT_EQ(late.try_connect(server.local_endpoint()), std::errc::connection_refused);
}

TEST_P(every_kind, ends_the_waits_of_handlers_when_the_drain_is_over) {
    stream_server server{bound_to_loopback(),
                         wait_for_peer,
                         {.how = GetParam(), .limits = {.drain = 50ms, .linger = 50ms}}};
    serving thread{server};
    const socket silent = client_of(server);
    wait_for([&] { return server.counters().active == 1; });
    const auto begin = clock::now();
    thread.stop();
    EXPECT_LT(clock::now() - begin, 1s);
    EXPECT_EQ(server.counters().active, 0U);
    EXPECT_EQ(server.counters().errors, 0U);  // it was the server who ended it
}

TEST_P(every_kind, outlives_handlers_that_throw) {
    std::atomic<int> told{0};
    const auto remember = [&](const endpoint&, std::exception_ptr) { ++told; };
    const auto fail = [](connection& client) {
        client.socket().send_all("sorry");
        throw std::runtime_error("on purpose");
    };
    stream_server server{
        bound_to_loopback(),
        fail,
        {.how = GetParam(), .limits = {.linger = 20ms}, .hooks = {.handle_error = remember}}};
    serving thread{server};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client_of(server).recv(100), "sorry");
    thread.stop();
    EXPECT_EQ(server.counters().errors, 3U);
    // Children have a counter of their own.
    EXPECT_EQ(told, GetParam() == concurrency::processes ? 0 : 3);
}

TEST_P(every_kind, stops_for_a_condition_of_its_owner) {
    stop_source stop;
    stream_server server{
        bound_to_loopback(), greet, {.how = GetParam(), .limits = {.linger = 10ms}}};
    server.stop_with(stop);
    std::thread thread([&] { server.serve_forever(); });
    EXPECT_EQ(client_of(server).recv(100), "hello");
    stop.request_stop();
    thread.join();
    EXPECT_FALSE(server.handle_request());  // never taken back
}

const auto kinds = testing::Values(concurrency::in_turn, concurrency::threads, concurrency::pool,
                                   concurrency::processes);
INSTANTIATE_TEST_SUITE_P(all, every_kind, kinds);
INSTANTIATE_TEST_SUITE_P(all, every_parallel_kind,
                         testing::Values(concurrency::threads, concurrency::pool,
                                         concurrency::processes));

TEST(server, kills_children_that_do_not_end) {
    const auto never_ends = [](connection& client) {
        client.socket().send_all("x");
        for (;;)
            std::this_thread::sleep_for(1h);
    };
    stream_server server{bound_to_loopback(),
                         never_ends,
                         {.how = concurrency::processes, .limits = {.drain = 10ms}}};
    serving thread{server};
    socket client = client_of(server);
    ASSERT_EQ(client.recv(1), "x");
    thread.stop();
    EXPECT_EQ(server.counters().errors, 1U);
}

TEST(server, leaves_the_children_of_others_alone) {
    const pid_t other = ::fork();
    if (other == 0) ::_exit(7);
    {
        stream_server server{bound_to_loopback(),
                             greet,
                             {.how = concurrency::processes, .limits = {.linger = 10ms}}};
        const serving thread{server};
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(client_of(server).recv(100), "hello");
    }
    int status = 0;
    ASSERT_EQ(::waitpid(other, &status, 0), other);
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(server, handles_one_request) {
    int timeouts = 0;
    stream_server server{bound_to_loopback(),
                         greet,
                         {.how = concurrency::in_turn,
                          .limits = {.linger = 1ms},
                          .hooks = {.handle_timeout = [&] { ++timeouts; }}}};
    EXPECT_FALSE(server.handle_request(1ms));
    EXPECT_EQ(timeouts, 1);
    socket first = client_of(server);
    const socket second = client_of(server);
    EXPECT_TRUE(server.handle_request(5s));
    EXPECT_EQ(first.recv(100), "hello");
    EXPECT_EQ(server.counters().accepted, 1U);
    EXPECT_EQ(timeouts, 1);
}

TEST(server, calls_service_actions_while_nothing_happens) {
    std::atomic<int> calls{0};
    stream_server server{bound_to_loopback(), greet, {.hooks = {.service_actions = [&] {
                                                          if (++calls == 3) server.shutdown();
                                                      }}}};
    server.serve_forever(1ms);
    EXPECT_EQ(calls, 3);
}

TEST(server, runs_finish_also_after_a_failure_but_not_without_set_up) {
    struct log {
        std::mutex mutex;
        std::string text;
    } log;
    struct failing : stream_handler {
        failing(struct log& to, bool at_once) : log_(to), at_once_(at_once) {}
        void note(char c) {
            const std::lock_guard lock(log_.mutex);
            log_.text += c;
        }
        void set_up(connection&) override {
            note('s');
            if (at_once_) throw std::runtime_error("in set_up");
        }
        void handle(connection&) override {
            note('h');
            throw std::runtime_error("in handle");
        }
        void finish(connection&) override { note('f'); }
        struct log& log_;
        bool at_once_;
    };
    const auto quiet = [](const endpoint&, std::exception_ptr) {};
    for (const auto& [at_once, expected] : {std::pair{false, "shf"}, {true, "s"}}) {
        log.text.clear();
        stream_server server{bound_to_loopback(),
                             handled_by<failing>(std::ref(log), at_once),
                             {.how = concurrency::in_turn, .hooks = {.handle_error = quiet}}};
        client_of(server).close();
        EXPECT_TRUE(server.handle_request(5s));
        EXPECT_EQ(log.text, expected);
        EXPECT_EQ(server.counters().errors, 1U);
    }
}

TEST(server, a_handler_knows_who_is_there) {
    socket listener{family::local};
    listener.bind(endpoint::autobind());
    std::optional<credentials> who;
    const auto ask = [&](connection& client) { who = client.credentials(); };
    stream_server server{std::move(listener), ask, {.how = concurrency::in_turn}};
    socket client{family::local};
    client.connect(server.local_endpoint());
    EXPECT_TRUE(server.handle_request(5s));
    ASSERT_TRUE(who);
    EXPECT_EQ(*who, (credentials{::getpid(), ::getuid(), ::getgid()}));

    stream_server distant{bound_to_loopback(), ask, {.how = concurrency::in_turn}};
    client_of(distant).close();
    EXPECT_TRUE(distant.handle_request(5s));
    EXPECT_FALSE(who);
}

TEST(server, default_error_line_is_one_line_that_moves_no_cursor) {
    const auto fail = [](connection&) { throw std::runtime_error("bad name \x1B[2J\nroot: ok"); };
    stream_server server{bound_to_loopback(), fail, {.how = concurrency::in_turn}};
    client_of(server).close();
    testing::internal::CaptureStderr();
    server.handle_request(5s);
    const std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_THAT(printed, testing::StartsWith("handler for 127.0.0.1:"));
    EXPECT_THAT(printed, testing::EndsWith(": bad name \\x1b[2J\\nroot: ok\n"));
}

TEST(server, default_is_silent_about_peers_that_vanish) {
    const auto send_much = [](connection& client) {
        client.socket().send_all(std::string(10'000'000, 'x'));
    };
    stream_server server{bound_to_loopback(), send_much, {.how = concurrency::in_turn}};
    client_of(server).close();
    testing::internal::CaptureStderr();
    server.handle_request(5s);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(server.counters().errors, 1U);
}

}  // namespace
}  // namespace zocalo::net
