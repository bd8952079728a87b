// SPDX-License-Identifier: MIT
#include "zocalo/io/loop.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

namespace {

namespace io = zocalo::io;

/// ZOCALO_BACKEND while a test runs.
class environment {
 public:
    explicit environment(const char* value) {
        if (const char* const before = std::getenv(name)) before_ = before;
        set(value);
    }
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;
    ~environment() { set(before_ ? before_->c_str() : nullptr); }

 private:
    static constexpr const char* name = "ZOCALO_BACKEND";
    static void set(const char* value) {
        if (value == nullptr) {
            ::unsetenv(name);
        } else {
            ::setenv(name, value, 1);
        }
    }
    std::optional<std::string> before_;
};

TEST(loop, says_which_backend_it_has_and_why) {
    const environment silent(nullptr);
    const io::loop usual;
    EXPECT_EQ(usual.backend(), "epoll");
    EXPECT_EQ(usual.reason(), "the default");
    const io::loop asked(io::backend_kind::poll);
    EXPECT_EQ(asked.backend(), "poll");
    EXPECT_EQ(asked.reason(), "the program asked for it");
}

TEST(loop, has_the_backend_that_the_environment_names) {
    const environment says("poll");
    const io::loop chosen;
    EXPECT_EQ(chosen.backend(), "poll");
    EXPECT_EQ(chosen.reason(), "ZOCALO_BACKEND says so");
    const io::loop asked(io::backend_kind::epoll);
    EXPECT_EQ(asked.backend(), "epoll") << "the program knows better";
    EXPECT_EQ(asked.reason(), "the program asked for it");
}

TEST(loop, refuses_an_environment_that_names_none) {
    for (const char* wrong : {"", "Epoll", "epoll ", "automatic", "sim", "\x1B[31m"}) {
        const environment says(wrong);
        try {
            const io::loop none;
            ADD_FAILURE() << "it has " << none.backend();
        } catch (const std::invalid_argument& error) {
            const std::string what = error.what();
            EXPECT_EQ(what.find("ZOCALO_BACKEND: \""), 0U) << what;
            EXPECT_NE(what.find("none of poll, epoll, uring"), std::string::npos) << what;
            EXPECT_EQ(what.find('\x1B'), std::string::npos) << what;
        }
        EXPECT_NO_THROW((void)io::loop(io::backend_kind::poll)) << "nobody asked the environment";
    }
}

}  // namespace
