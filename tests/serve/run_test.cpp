// SPDX-License-Identifier: MIT
#include "zocalo/serve/run.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "serve/dialogue.hpp"
#include "support/cannot_run.hpp"
#include "support/folder.hpp"
#include "zocalo/net/connect.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
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

/// What a process says to the one that has started it.
using socket_pair = std::pair<net::socket, net::socket>;

void tell_port(socket_pair& through, std::span<const net::endpoint> where) {
    through.first.send_all(std::to_string(where.front().port()));
}
net::endpoint port_from(socket_pair& through) {
    through.second.set_timeout(30s);
    const int port = std::stoi(through.second.recv(100));
    return {net::address::loopback_v4(), static_cast<std::uint16_t>(port)};
}

std::string ask_blocking(net::socket& server, const std::string& what, std::size_t size) {
    server.set_timeout(30s);
    server.send_all(what);
    std::string answer(size, '\0');
    server.recv_exactly(zocalo::mutable_buffer(answer));
    return answer;
}

/// Says who it is, and what it can open.
io::task<> tell_rights(serve::connection& client) {
    const auto opening = [](const char* path) {
        const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
        const std::string result = fd >= 0 ? "yes" : ::strerrorname_np(errno);
        if (fd >= 0) ::close(fd);
        return result + '\n';
    };
    const std::string rights = std::to_string(::getuid()) + '\n' + opening("/file") +
                               opening("/other/file") + opening("/etc/passwd");
    co_await client.stream().write(rights);
}

TEST(runs, as_somebody_who_sees_little) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("not root");
    const zocalo::tests::folder here;
    std::filesystem::permissions(here.path(), std::filesystem::perms::all);
    std::filesystem::create_directory(here.file("other"));
    for (const char* const name : {"file", "other/file"})
        std::ofstream(here.file(name)) << "text";
    socket_pair ports = net::socket::pair(net::type::datagram);
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(60);
        try {
            serve::run(tell_rights, {.addresses = {any_port},
                                     .fleet = {.loops = 2},
                                     .user = "nobody",
                                     .root = here.path(),
                                     .files = serve::file_access{.read = {"/file"}},
                                     .ready = [&](auto where) { tell_port(ports, where); }});
            ::_exit(0);
        } catch (const std::exception& error) {
            ::dprintf(2, "%s\n", error.what());
            ::_exit(1);
        }
    }
    const std::string nobody = std::to_string(::getpwnam("nobody")->pw_uid);
    const net::endpoint where = port_from(ports);
    for (int i = 0; i < 8; ++i) {  // whichever loop it is
        const std::string rights = nobody + "\nyes\nEACCES\nENOENT\n";
        net::socket client = net::create_connection(where);
        EXPECT_EQ(ask_blocking(client, "", rights.size()), rights);
    }
    ::kill(child, SIGTERM);
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
}

TEST(runs, refuse_options_that_contradict_each_other) {
    EXPECT_THROW(serve::run(echo, {.addresses = {any_port}, .root = "/"}), std::invalid_argument);
    EXPECT_THROW(
        serve::run(echo,
                   {.addresses = {any_port}, .user = "nobody", .root = "/", .hand_over = "/x"}),
        std::invalid_argument);
}

/// Processes that are started as root, serve as nobody, and replace each other.
class successions : public testing::Test {
 protected:
    successions() : manager_(net::family::local, net::type::datagram) {
        manager_.bind(net::endpoint::autobind());
        manager_.set_timeout(60s);
        std::filesystem::permissions(here_.path(), std::filesystem::perms::all);
    }

    pid_t start(serve::limits limits = {}) {
        const pid_t child = ::fork();
        if (child != 0) return child;
        const std::string name = "@" + std::string(manager_.local_endpoint().path());
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
        ::alarm(120);
        try {
            serve::run(echo, {.addresses = {any_port},
                              .fleet = {.server = {.limits = limits}, .loops = 1},
                              .user = "nobody",
                              .files = serve::file_access{},
                              .hand_over = here_.file("door"),
                              .ready = [this](auto where) { tell_port(ports_, where); }});
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
    [[nodiscard]] bool has_door() const { return std::filesystem::exists(here_.file("door")); }
    /// Where the process that has begun last serves.
    net::endpoint where() { return port_from(ports_); }

 private:
    socket_pair ports_ = net::socket::pair(net::type::datagram);
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
        EXPECT_TRUE(has_door());  // the next one's
        serves = next;
    }
    ::kill(serves, SIGTERM);
    EXPECT_EQ(heard(), "STOPPING=1\n");
    EXPECT_EQ(end_of(serves), 0);
    EXPECT_FALSE(has_door());
}

/// Nobody who waits for a place keeps the old process, or goes to it, or hinders the new one.
TEST_F(successions, end_a_full_server_that_is_told_to) {
    if (::geteuid() != 0) ZOCALO_CANNOT_RUN("not root");
    const serve::limits one_place{.connections = 1, .drain = 1h, .linger = 0s};
    const pid_t old = start(one_place);
    EXPECT_EQ(heard(), "READY=1\n");
    const net::endpoint there = where();
    net::socket held = net::create_connection(there);
    EXPECT_EQ(ask_blocking(held, "here", 4), "here");
    net::socket waits = net::create_connection(there);
    waits.send_all("waits");
    const pid_t next = start();
    EXPECT_EQ(heard(), "MAINPID=" + std::to_string(next) + "\n");
    EXPECT_EQ(heard(), "READY=1\n");
    EXPECT_EQ(where(), there);
    EXPECT_EQ(ask_blocking(held, "still", 5), "still");
    ::kill(old, SIGTERM);
    EXPECT_EQ(ask_blocking(held, "still", 5), "still");  // it has an hour
    // A second one takes that away. Who sends it too soon has sent one.
    int status = -1;
    while (::waitpid(old, &status, WNOHANG) == 0) {
        ::kill(old, SIGTERM);
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(status, 0);
    for (int i = 0; i < 3; ++i) {
        net::socket another = net::create_connection(there);
        EXPECT_EQ(ask_blocking(another, "hello", 5), "hello");
    }
    ::kill(next, SIGTERM);
    EXPECT_EQ(heard(), "STOPPING=1\n");  // and the old one has not said so
    EXPECT_EQ(end_of(next), 0);
}

}  // namespace
