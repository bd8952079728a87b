// SPDX-License-Identifier: MIT
#include "zocalo/net/socket_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "support/folder.hpp"
#include "zocalo/net/listen.hpp"

namespace zocalo::net {
namespace {

class file_of_a_socket : public testing::Test {
 protected:
    [[nodiscard]] bool is_there() const { return std::filesystem::exists(path); }

    tests::folder folder;
    std::string path = folder.file("socket");
    endpoint where = endpoint::local(path);
    socket server = create_server(where);
};

TEST_F(file_of_a_socket, goes_with_its_owner) {
    {
        const socket_file owner(where);
        EXPECT_TRUE(is_there());
    }
    EXPECT_FALSE(is_there());
}

TEST_F(file_of_a_socket, stays_when_it_is_kept) {
    {
        socket_file owner(where);
        owner.keep();
    }
    EXPECT_TRUE(is_there());
}

TEST_F(file_of_a_socket, goes_once_with_the_last_owner) {
    socket_file owner;
    {
        socket_file first(where);
        socket_file second(std::move(first));
        owner = std::move(second);
    }
    EXPECT_TRUE(is_there());
    owner.remove();
    EXPECT_FALSE(is_there());
    const socket next = create_server(where);
    owner.remove();
    EXPECT_TRUE(is_there());
}

TEST_F(file_of_a_socket, goes_when_its_owner_gets_another) {
    const endpoint elsewhere = endpoint::local(folder.file("other"));
    const socket other = create_server(elsewhere);
    socket_file owner(where);
    owner = socket_file(elsewhere);
    EXPECT_FALSE(is_there());
    EXPECT_TRUE(std::filesystem::exists(folder.file("other")));
}

TEST_F(file_of_a_socket, of_another_process_stays) {
    socket_file owner(where);
    std::filesystem::rename(path, path + ".old");
    const socket next = create_server(where);
    owner.remove();
    EXPECT_TRUE(is_there());
}

TEST_F(file_of_a_socket, is_no_other_kind_of_file) {
    const std::string text = folder.file("text");
    std::ofstream(text) << "a text";
    const std::string link = folder.file("link");
    std::filesystem::create_symlink(path, link);
    {
        const socket_file none(endpoint::local(text));
        const socket_file neither(endpoint::local(link));
        const socket_file nor(endpoint::local(folder.file("absent")));
    }
    EXPECT_TRUE(std::filesystem::exists(text));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_TRUE(is_there());
}

TEST_F(file_of_a_socket, is_none_for_other_addresses) {
    const endpoint abstract = endpoint::abstract(path);
    {
        const socket_file none(abstract);
        const socket_file neither(endpoint(address::loopback_v4(), 80));
        const socket_file nor((endpoint()));
    }
    EXPECT_TRUE(is_there());
}

}  // namespace
}  // namespace zocalo::net
