// SPDX-License-Identifier: MIT
#include "zocalo/net/listen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/cannot_run.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/option.hpp"

namespace zocalo::net {
namespace {

using literals::operator""_ip;

/// A directory of this test's own for socket files.
class folder {
 public:
    folder() {
        char name[] = "/tmp/zocalo-listen-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    [[nodiscard]] std::string file(const char* name) const { return path_ / name; }

 private:
    std::filesystem::path path_;
};

TEST(create_server, takes_both_families_at_the_any_address) {
    if (!has_dual_stack()) ZOCALO_CANNOT_RUN("no IPv6 here");
    socket server = create_server({"", 0});
    const auto port = server.local_endpoint().port();
    socket v4 = create_connection({"127.0.0.1", port});
    EXPECT_EQ(server.accept().peer.ip().unmapped(), "127.0.0.1"_ip);
    socket v6 = create_connection({"::1", port});
    EXPECT_EQ(server.accept().peer.ip(), "::1"_ip);
}

TEST(create_server, takes_one_family_when_asked) {
    socket v4 = create_server({"", 0}, {.family = family::inet});
    EXPECT_EQ(v4.local_endpoint().ip(), "0.0.0.0"_ip);
    if (!has_dual_stack()) return;
    socket v6 = create_server({"", 0}, {.family = family::inet6});
    const auto port = v6.local_endpoint().port();
    EXPECT_EQ(try_create_connection({"127.0.0.1", port}).error, std::errc::connection_refused);
    EXPECT_FALSE(try_create_connection({"::1", port}).error);
}

TEST(create_server, prefers_v4_when_a_name_has_both) {
    socket server = create_server({"localhost", 0});
    EXPECT_EQ(server.local_endpoint().ip(), "127.0.0.1"_ip);
}

TEST(create_server, shares_a_port_only_when_asked) {
    socket first = create_server({"127.0.0.1", 0}, {.reuse_port = true});
    const auto where = first.local_endpoint();
    socket second = create_server(where, {.reuse_port = true});
    EXPECT_EQ(second.local_endpoint(), where);
    try {
        (void)create_server(where);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::address_in_use);
        EXPECT_THAT(e.what(), testing::HasSubstr("bind " + where.to_string()));
    }
}

TEST(create_server, makes_datagram_servers) {
    socket server = create_server({"127.0.0.1", 0}, {.type = type::datagram});
    socket client = create_connection(server.local_endpoint(), {.type = type::datagram});
    client.send("hello");
    EXPECT_EQ(server.recv(100), "hello");
}

TEST(create_server, has_a_port_for_datagrams_alone) {
    socket server = create_server({"127.0.0.1", 0}, {.type = type::datagram});
    const auto where = server.local_endpoint();
    EXPECT_FALSE(server.get<option::reuse_address>().value);
    // Another one that may share the port would get all that is sent there from now on.
    socket thief(family::inet, type::datagram);
    thief.set(option::reuse_address{true});
    EXPECT_THROW(thief.bind(where), std::system_error);
}

TEST(create_server, shares_a_port_for_datagrams_when_it_is_prepared_so) {
    const listen_options options{.type = type::datagram, .prepare = [](socket& made) {
                                     made.set(option::reuse_address{true});
                                 }};
    socket first = create_server({"127.0.0.1", 0}, options);
    socket second = create_server(first.local_endpoint(), options);
    EXPECT_EQ(second.local_endpoint(), first.local_endpoint());
}

TEST(create_server, replaces_a_stale_unix_socket_but_not_a_live_one) {
    const folder folder;
    const endpoint where = endpoint::local(folder.file("socket"));
    create_server(where).close();
    socket second = create_server(where);
    EXPECT_THROW((void)create_server(where), std::system_error);
    EXPECT_FALSE(try_create_connection(where).error) << "the live one was touched";
    second.close();
    EXPECT_THROW((void)create_server(where, {.replace_stale = false}), std::system_error);
}

TEST(create_server, never_removes_what_is_not_a_socket) {
    const folder folder;
    const std::string path = folder.file("precious");
    std::ofstream(path) << "data";
    EXPECT_THROW((void)create_server(endpoint::local(path)), std::system_error);
    EXPECT_EQ(std::filesystem::file_size(path), 4U);
    const std::string link = folder.file("link");
    create_server(endpoint::local(folder.file("stale"))).close();
    std::filesystem::create_symlink(folder.file("stale"), link);
    EXPECT_THROW((void)create_server(endpoint::local(link)), std::system_error);
    EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST(create_server, sets_the_permissions_of_a_path) {
    const folder folder;
    const std::string path = folder.file("socket");
    socket server = create_server(endpoint::local(path), {.permissions = 0600});
    struct stat status;
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(create_server, misuse_is_named) {
    const endpoint v4{"127.0.0.1"_ip, 0};
    EXPECT_THROW((void)create_server(v4, {.family = family::inet6}), std::invalid_argument);
    EXPECT_THROW((void)create_server(v4, {.backlog = -1}), std::invalid_argument);
    EXPECT_THROW((void)create_server(v4, {.permissions = 0600}), std::invalid_argument);
    EXPECT_THROW((void)create_server(endpoint::local("/tmp/x"), {.permissions = 01000}),
                 std::invalid_argument);
    EXPECT_THROW((void)create_server({"127.0.0.1", 65536}), std::invalid_argument);
    EXPECT_THROW((void)create_server({"203.0.113.7", 0}), std::system_error);
}

}  // namespace
}  // namespace zocalo::net
