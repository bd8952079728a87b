// SPDX-License-Identifier: MIT
#include "zocalo/net/acceptor.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "support/cannot_run.hpp"
#include "support/failing_call.hpp"
#include "support/serving.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

socket listening() {
    socket listener = test::bound_to_loopback();
    listener.listen(64);
    return listener;
}

/// Lowers the limit of descriptors to what is open now and `more`, for the scope.
class few_descriptors {
 public:
    explicit few_descriptors(int more) {
        ::getrlimit(RLIMIT_NOFILE, &old_);
        const int next = ::dup(0);  // the lowest free number
        ::close(next);
        rlimit lower = old_;
        lower.rlim_cur = static_cast<rlim_t>(next + more);
        ::setrlimit(RLIMIT_NOFILE, &lower);
    }
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &old_); }

 private:
    rlimit old_{};
};

TEST(acceptor, accepts) {
    acceptor server{listening()};
    socket client{family::inet};
    client.connect(server.listener().local_endpoint());
    EXPECT_EQ(server.accept().peer, client.local_endpoint());
    EXPECT_EQ(server.exhausted(), 0U);
}

TEST(acceptor, pauses_while_there_are_no_descriptors) {
    acceptor server{listening()};
    socket client{family::inet};
    client.connect(server.listener().local_endpoint());
    std::error_code error;
    {
        const few_descriptors limit{0};
        EXPECT_FALSE(server.try_accept(error));
        EXPECT_EQ(error, std::errc::too_many_files_open);
        EXPECT_FALSE(server.pause().is_zero());
        EXPECT_FALSE(server.try_accept(error));
        EXPECT_EQ(error, std::errc::operation_would_block);
        EXPECT_EQ(server.exhausted(), 1U);  // the second time nobody asked the kernel
    }
    EXPECT_EQ(server.accept().peer, client.local_endpoint());  // waits for the end of the pause
    EXPECT_TRUE(server.pause().is_zero());
}

class exhausted_machine : public testing::TestWithParam<int> {};

TEST_P(exhausted_machine, is_waited_for) {
    acceptor server{listening()};
    socket client{family::inet};
    client.connect(server.listener().local_endpoint());
    const bool ran = test::with_failing_call(SYS_accept4, GetParam(), [&] {
        for (std::uint64_t times = 1; times <= 3; ++times) {
            std::error_code error;
            EXPECT_FALSE(server.try_accept(error));
            EXPECT_EQ(error.value(), GetParam());
            EXPECT_EQ(server.exhausted(), times);
            EXPECT_FALSE(server.pause().is_zero());
            EXPECT_FALSE(server.try_accept(error));
            EXPECT_EQ(error, std::errc::operation_would_block);
            server.end_pause();
        }
    });
    if (!ran) ZOCALO_CANNOT_RUN("no seccomp filters");
    EXPECT_EQ(server.accept().peer, client.local_endpoint());
}

TEST_P(exhausted_machine, makes_no_server_spin_and_none_give_up) {
    const auto reply = [](connection& peer) { peer.socket().send_all("here I am"); };
    stream_server server{test::bound_to_loopback(), reply};
    socket client{family::inet};
    client.set_timeout(5s);
    client.connect(server.local_endpoint());
    int turns = 0;
    const bool ran = test::with_failing_call(SYS_accept4, GetParam(), [&] {
        for (const deadline until{300ms}; !until.passed(); ++turns)
            server.handle_request(until.remaining());
    });
    if (!ran) ZOCALO_CANNOT_RUN("no seccomp filters");
    // Pauses of 10, 20, 40, 80 and 160 ms, and the end of the time.
    EXPECT_GE(turns, 2);
    EXPECT_LE(turns, 6);
    EXPECT_LE(server.counters().exhausted, 5U);
    EXPECT_GE(server.counters().exhausted, 2U);
    EXPECT_EQ(server.counters().accepted, 0U);
    EXPECT_TRUE(server.handle_request(5s));  // after the pause
    EXPECT_EQ(client.recv(100), "here I am");
}

INSTANTIATE_TEST_SUITE_P(acceptor, exhausted_machine,
                         testing::Values(EMFILE, ENFILE, ENOMEM, ENOBUFS, EPERM));

TEST(acceptor, nobody_there_is_no_exhaustion) {
    acceptor server{listening()};
    server.listener().set_timeout(timeout::zero());
    std::error_code error;
    EXPECT_FALSE(server.try_accept(error));
    EXPECT_EQ(error, std::errc::operation_would_block);
    EXPECT_EQ(server.exhausted(), 0U);
    EXPECT_TRUE(server.pause().is_zero());
}

TEST(acceptor, pauses_grow_to_half_a_second_and_begin_again_small) {
    acceptor server{listening()};
    for (int i = 0; i < 20; ++i)
        server.begin_pause();
    const auto longest = *server.pause().value();
    EXPECT_LE(longest, acceptor::longest_pause);
    EXPECT_GT(longest, acceptor::longest_pause - 100ms);
    server.end_pause();
    EXPECT_TRUE(server.pause().is_zero());

    socket client{family::inet};
    client.connect(server.listener().local_endpoint());
    (void)server.accept();
    server.begin_pause();
    EXPECT_LE(*server.pause().value(), acceptor::shortest_pause);
}

TEST(acceptor, a_stop_ends_a_pause) {
    stop_source stop;
    acceptor server{listening()};
    server.listener().stop_with(stop);
    for (int i = 0; i < 20; ++i)
        server.begin_pause();
    stop.request_stop();
    EXPECT_THROW((void)server.accept(), stopped);
}

TEST(acceptor, reports_a_listener_that_does_not_listen) {
    acceptor server{test::bound_to_loopback()};
    try {
        (void)server.accept();
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::invalid_argument);
    }
}

}  // namespace
}  // namespace zocalo::net
