// SPDX-License-Identifier: MIT
#include "zocalo/tls/hasher.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

namespace tls = zocalo::tls;

TEST(hasher, makes_of_pieces_what_is_made_of_the_whole) {
    const std::string whole(100'000, 'x');
    for (const auto which :
         {tls::hash::md5, tls::hash::sha1, tls::hash::sha256, tls::hash::sha512_256}) {
        tls::hasher made(which);
        for (std::size_t at = 0, size = 1; at < whole.size(); at += size, size *= 3)
            made.add(std::string_view(whole).substr(at, size));
        tls::hasher moved = std::move(made);
        EXPECT_EQ(moved.finish(), tls::digest(which, whole));
        EXPECT_EQ(tls::hasher(which).finish(), tls::digest(which, ""));
    }
}

}  // namespace
