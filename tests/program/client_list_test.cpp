// SPDX-License-Identifier: MIT
#include "client_list.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "support/colliding.hpp"
#include "support/growth.hpp"

namespace {

using zocalo::program::client_list;

TEST(client_list, keeps_each_name_once_and_so_many) {
    client_list list({.names = 2});
    EXPECT_FALSE(list.add(""));
    EXPECT_TRUE(list.add("ada"));
    EXPECT_FALSE(list.add("ada"));
    EXPECT_TRUE(list.add("bob"));
    EXPECT_FALSE(list.add("eve"));
    EXPECT_EQ(list.to_json(), R"(["ada","bob"])");
}

/// The names that a stranger sends: each is 16 bytes.
std::string names(std::size_t count) {
    std::string all;
    for (std::uint64_t n = 0; n < count; ++n)
        all += zocalo::tests::colliding(n);
    return all;
}

TEST(client_list, takes_names_with_the_same_hash_in_linear_time) {
    const std::hash<std::string> hash;
    EXPECT_EQ(hash(zocalo::tests::colliding(1)), hash(zocalo::tests::colliding(2)));
    EXPECT_NE(zocalo::tests::colliding(1), zocalo::tests::colliding(2));
    zocalo::tests::expect_linear({"names", names, [](const std::string& all) {
                                      client_list list({.names = all.size()});
                                      for (std::size_t at = 0; at < all.size(); at += 16)
                                          list.add(all.substr(at, 16));
                                  }});
}

}  // namespace
