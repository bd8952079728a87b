// SPDX-License-Identifier: MIT
#include "zocalo/serve/run.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "serve/dialogue.hpp"
#include "support/cannot_run.hpp"
#include "support/folder.hpp"

namespace {

using namespace std::chrono_literals;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using zocalo::tests::echo;

const net::endpoint any_port(net::address::loopback_v4(), 0);

TEST(runs, do_not_begin_without_their_door) {
    const zocalo::tests::folder here;
    const std::string door = here.file("nowhere/door");
    try {
        serve::run(echo, {.addresses = {any_port}, .fleet = {.loops = 1}, .hand_over = door});
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_NE(std::string(error.what()).find(door), std::string::npos) << error.what();
    }
}

/// Processes that are started as root, serve as nobody, and replace each other.
class successions : public testing::Test {
 protected:
    successions() : manager_(net::family::local, net::type::datagram) {
        manager_.bind(net::endpoint::autobind());
        manager_.set_timeout(10s);
        std::filesystem::permissions(here_.path(), std::filesystem::perms::all);
    }

    pid_t start() {
        const pid_t child = ::fork();
        if (child != 0) return child;
        const std::string name = "@" + std::string(manager_.local_endpoint().path());
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
        ::alarm(20);
        try {
            serve::run(echo, {.addresses = {any_port},
                              .fleet = {.loops = 1},
                              .user = "nobody",
                              .hand_over = here_.file("door")});
            ::_exit(0);
        } catch (...) {
            ::_exit(1);
        }
    }
    static int end_of(pid_t child) {
        int status = -1;
        ::waitpid(child, &status, 0);
        return status;
    }
    /// What the service manager hears next.
    std::string heard() { return manager_.recv(4096); }

 private:
    zocalo::tests::folder here_;
    net::socket manager_;
};

TEST_F(successions, go_on_as_the_same_service) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("not root");
    pid_t serves = start();
    EXPECT_EQ(heard(), "READY=1\n");
    for (int i = 0; i < 2; ++i) {
        const pid_t next = start();
        EXPECT_EQ(heard(), "MAINPID=" + std::to_string(next) + "\n");
        EXPECT_EQ(heard(), "READY=1\n");
        EXPECT_EQ(end_of(serves), 0);
        serves = next;
    }
    ::kill(serves, SIGTERM);
    EXPECT_EQ(heard(), "STOPPING=1\n");
    EXPECT_EQ(end_of(serves), 0);
}

}  // namespace
