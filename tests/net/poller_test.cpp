// SPDX-License-Identifier: MIT
#include "zocalo/net/poller.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <thread>

#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

/// The message of the std::invalid_argument that `call` throws.
template <class Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "nothing was thrown";
}

class any_poller : public testing::TestWithParam<poller::kind> {
 protected:
    any_poller() : ends_(socket::pair()) {}
    socket& a() { return ends_.first; }
    socket& b() { return ends_.second; }

    poller poller_{GetParam()};

 private:
    std::pair<socket, socket> ends_;
};

std::string name_of_kind(const testing::TestParamInfo<poller::kind>& kind) {
    constexpr std::array names{"select", "poll", "epoll"};
    return names[static_cast<std::size_t>(kind.param)];
}

INSTANTIATE_TEST_SUITE_P(poller, any_poller,
                         testing::Values(poller::kind::select, poller::kind::poll,
                                         poller::kind::epoll),
                         name_of_kind);

TEST_P(any_poller, says_what_is_ready) {
    poller_.add(a(), event::read, 17);
    poller_.add(b(), event::read | event::write, 18);
    auto found = poller_.wait(5s);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].fd, b().fileno());
    EXPECT_EQ(found[0].events, event::write);
    EXPECT_EQ(found[0].data, 18U);
    b().send("x");
    found = poller_.wait(5s);
    EXPECT_THAT(found, testing::UnorderedElementsAre(testing::Field(&ready::data, 17U),
                                                     testing::Field(&ready::data, 18U)));
}

TEST_P(any_poller, waits_no_longer_than_the_limit) {
    poller_.add(a(), event::read);
    EXPECT_TRUE(poller_.wait(timeout::zero()).empty());
    const auto started = deadline::clock::now();
    EXPECT_TRUE(poller_.wait(30ms).empty());
    const auto took = deadline::clock::now() - started;
    EXPECT_GE(took, 30ms);
    EXPECT_LT(took, 5s);
}

TEST_P(any_poller, follows_modify_and_remove) {
    poller_.add(a(), event::read, 1);
    poller_.modify(a(), event::write, 2);
    ASSERT_EQ(poller_.wait(5s).size(), 1U);
    EXPECT_EQ(poller_.wait(5s)[0].data, 2U);
    EXPECT_EQ(poller_.find(a().fileno())->events, event::write);
    poller_.remove(a());
    EXPECT_EQ(poller_.size(), 0U);
    EXPECT_FALSE(poller_.find(a().fileno()));
    EXPECT_TRUE(poller_.wait(timeout::zero()).empty());
    poller_.add(a(), event::write, 3);
    EXPECT_EQ(poller_.wait(5s)[0].data, 3U);
}

TEST_P(any_poller, a_stop_ends_the_wait) {
    stop_source stop;
    poller_.add(a(), event::read);
    EXPECT_TRUE(poller_.wait(1ms, &stop).empty());
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_THROW(poller_.wait(timeout::none(), &stop), stopped);
    b().send("x");
    EXPECT_EQ(poller_.wait(5s).size(), 1U);
}

TEST_P(any_poller, a_stop_beside_what_is_ready_changes_nothing) {
    stop_source stop;
    poller_.add(a(), event::write, 5);
    const auto found = poller_.wait(5s, &stop);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].data, 5U);
}

TEST_P(any_poller, signals_do_not_end_a_wait) {
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};
    struct sigaction before{};
    ::sigaction(SIGUSR1, &nothing, &before);
    const pthread_t waiter = ::pthread_self();
    std::jthread alarm([&](const std::stop_token& end) {
        while (!end.stop_requested()) {
            ::pthread_kill(waiter, SIGUSR1);
            std::this_thread::sleep_for(1ms);
        }
    });
    poller_.add(a(), event::read);
    const auto started = deadline::clock::now();
    EXPECT_TRUE(poller_.wait(40ms).empty());
    EXPECT_GE(deadline::clock::now() - started, 40ms);
    alarm.request_stop();
    alarm.join();
    ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(any_poller, misuse_is_named) {
    EXPECT_THAT(refusal([&] { poller_.add(-1, event::read); }),
                testing::EndsWith("add descriptor -1: it is closed"));
    EXPECT_THAT(refusal([&] { poller_.add(a(), event::none); }),
                testing::EndsWith(": no events to wait for"));
    EXPECT_THAT(refusal([&] { poller_.add(a(), event::edge); }),
                testing::EndsWith(": no events to wait for"));
    EXPECT_THAT(refusal([&] { poller_.add(a(), event::read | static_cast<event>(0x400000)); }),
                testing::EndsWith(": this kind has no event bits 4194304"));
    EXPECT_THAT(refusal([&] { poller_.modify(a(), event::read); }),
                testing::EndsWith(": it is not watched"));
    EXPECT_THAT(refusal([&] { poller_.remove(a()); }), testing::EndsWith(": it is not watched"));
    EXPECT_THAT(refusal([&] { poller_.remove(INT32_MAX); }),
                testing::EndsWith("remove descriptor 2147483647: it is not watched"));
    poller_.add(a(), event::read);
    EXPECT_THAT(refusal([&] { poller_.add(a(), event::read); }),
                testing::EndsWith(": it is watched already"));
    EXPECT_EQ(poller_.size(), 1U);
}

TEST_P(any_poller, a_poller_that_was_moved_from_says_so) {
    poller_.add(a(), event::read);
    poller moved = std::move(poller_);
    EXPECT_EQ(moved.size(), 1U);
    EXPECT_EQ(poller_.size(), 0U);
    EXPECT_EQ(poller_.fileno(), -1);
    EXPECT_THAT(refusal([&] { poller_.add(a(), event::read); }),
                testing::EndsWith(": the poller was moved from"));
    EXPECT_THAT(refusal([&] { poller_.remove(a()); }), testing::EndsWith(": it is not watched"));
    EXPECT_THAT(refusal([&] { (void)poller_.wait(timeout::zero()); }),
                testing::EndsWith(": the poller was moved from"));
    poller_ = std::move(moved);
    b().send("x");
    EXPECT_EQ(poller_.wait(5s).size(), 1U);
}

TEST_P(any_poller, epoll_manners_are_for_epoll) {
    for (const auto& [manner, name] :
         {std::pair{event::edge, "edge"}, std::pair{event::one_shot, "one_shot"},
          std::pair{event::exclusive, "exclusive"}, std::pair{event::wake_up, "wake_up"}}) {
        const auto add = [&] { poller_.add(a(), event::read | manner); };
        if (GetParam() == poller::kind::epoll) {
            EXPECT_NO_THROW(add()) << name;
            poller_.remove(a());
        } else {
            EXPECT_THAT(refusal(add),
                        testing::EndsWith(std::string(": this kind has no event ") + name));
        }
    }
}

TEST_P(any_poller, reports_a_closed_descriptor) {
    poller_.add(a(), event::read, 9);
    const int fd = a().fileno();
    a().close();
    const auto found = poller_.wait(50ms);
    if (GetParam() != poller::kind::epoll) {  // which has forgotten it
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].events, event::invalid);
        EXPECT_EQ(found[0].data, 9U);
    }
    poller_.remove(fd);
    EXPECT_EQ(poller_.size(), 0U);
}

TEST(poller, select_says_what_its_limit_is) {
    struct rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < 1100) GTEST_SKIP() << "cannot run: too few descriptors";
    const auto before = limit;
    limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, 1100);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const socket one{family::inet, type::datagram};
    const unique_fd high{::fcntl(one.fileno(), F_DUPFD_CLOEXEC, 1024)};
    poller select{poller::kind::select};
    EXPECT_EQ(refusal([&] { select.add(high.get(), event::read); }),
              "poller (select): add descriptor " + std::to_string(high.get()) +
                  ": not below 1024 (FD_SETSIZE); use poll or epoll");
    poller poll{poller::kind::poll};
    poll.add(high.get(), event::write);
    EXPECT_EQ(poll.wait(5s).size(), 1U);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(poller, select_cannot_see_errors) {
    auto [a, b] = socket::pair();
    poller select{poller::kind::select};
    EXPECT_THAT(refusal([&] { select.add(a, event::read | event::error | event::read_hang_up); }),
                testing::EndsWith(": this kind has no event error, read_hang_up"));
    poller poll{poller::kind::poll};
    poll.add(a, event::error);
    EXPECT_TRUE(poll.wait(timeout::zero()).empty());
}

TEST(poller, epoll_edges_come_once) {
    auto [a, b] = socket::pair();
    poller poller;
    poller.add(a, event::read | event::edge);
    b.send("x");
    EXPECT_EQ(poller.wait(5s).size(), 1U);
    EXPECT_TRUE(poller.wait(timeout::zero()).empty());
    b.send("y");
    EXPECT_EQ(poller.wait(5s).size(), 1U);
}

TEST(poller, epoll_one_shot_is_armed_again_by_modify) {
    auto [a, b] = socket::pair();
    poller poller;
    poller.add(a, event::write | event::one_shot);
    EXPECT_EQ(poller.wait(5s).size(), 1U);
    EXPECT_TRUE(poller.wait(timeout::zero()).empty());
    poller.modify(a, event::write | event::one_shot);
    EXPECT_EQ(poller.wait(5s).size(), 1U);
}

TEST(poller, epoll_refusals_are_named) {
    auto [a, b] = socket::pair();
    poller poller;
    EXPECT_THAT(refusal([&] { poller.add(a, event::read | event::exclusive | event::one_shot); }),
                testing::EndsWith(": exclusive goes with read, write, edge and wake_up only"));
    poller.add(a, event::read | event::exclusive);
    EXPECT_THAT(refusal([&] { poller.modify(a, event::read); }),
                testing::EndsWith(": exclusive stays as it is"));
    const unique_fd file{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
    try {
        poller.add(file.get(), event::read);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::operation_not_permitted);
        EXPECT_THAT(e.what(), testing::HasSubstr("regular files are always ready"));
    }
    EXPECT_EQ(poller.size(), 1U);
}

TEST(poller, sees_the_peer_hang_up) {
    auto [a, b] = socket::pair();
    poller poller{poller::kind::poll};
    poller.add(a, event::read_hang_up);
    b.shutdown(direction::write);
    const auto found = poller.wait(5s);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].events, event::read_hang_up);
}

}  // namespace
}  // namespace zocalo::net
