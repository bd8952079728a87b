// SPDX-License-Identifier: MIT
#include "zocalo/core/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace zocalo {
namespace {

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

unique_fd open_null() {
    return unique_fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

TEST(unique_fd, closes_what_it_owns) {
    int number = -1;
    {
        const unique_fd owner = open_null();
        number = owner.get();
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(unique_fd, moves_and_releases_without_closing) {
    unique_fd first = open_null();
    const int number = first.get();
    unique_fd second = std::move(first);
    EXPECT_FALSE(
        first);  // NOLINT(bugprone-use-after-move): a moved-from owner owns nothing, and says so
    EXPECT_EQ(second.release(), number);
    EXPECT_TRUE(is_open(number));
    second.reset(number);
    second.reset();
    EXPECT_FALSE(is_open(number));
}

TEST(unique_fd, survives_assignment_to_itself) {
    unique_fd owner = open_null();
    unique_fd& same = owner;
    owner = std::move(same);
    EXPECT_TRUE(is_open(owner.get()));
}

TEST(unique_fd_death, a_descriptor_that_a_stranger_closed_stops_the_program) {
    EXPECT_DEATH(
        {
            const unique_fd owner = open_null();
            close(owner.get());
        },
        "EBADF");
}

}  // namespace
}  // namespace zocalo
