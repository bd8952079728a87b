// SPDX-License-Identifier: MIT
#include "zocalo/net/acceptor.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

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
