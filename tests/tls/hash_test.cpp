// SPDX-License-Identifier: MIT
#include "zocalo/tls/hash.hpp"

#include <gtest/gtest.h>

namespace {

namespace tls = zocalo::tls;

TEST(digest, is_that_of_the_standards) {
    EXPECT_EQ(tls::hex(tls::digest(tls::hash::md5, "abc")), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(tls::hex(tls::digest(tls::hash::sha1, "abc")),
              "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(tls::hex(tls::digest(tls::hash::sha256, "abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(tls::hex(tls::digest(tls::hash::sha512_256, "abc")),
              "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
    EXPECT_EQ(tls::hex(tls::digest(tls::hash::md5, "")), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(hmac, is_that_of_rfc_4231) {
    EXPECT_EQ(tls::hex(tls::hmac(tls::hash::sha256, "Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(random_bytes, are_not_the_same_twice) {
    EXPECT_EQ(tls::random_bytes(0), "");
    EXPECT_EQ(tls::random_bytes(33).size(), 33U);
    EXPECT_NE(tls::random_bytes(16), tls::random_bytes(16));
}

TEST(is_same_secret, compares_all_of_it) {
    EXPECT_TRUE(tls::is_same_secret("", ""));
    EXPECT_TRUE(tls::is_same_secret("abc", "abc"));
    EXPECT_FALSE(tls::is_same_secret("abc", "abd"));
    EXPECT_FALSE(tls::is_same_secret("abc", "abcd"));
    EXPECT_FALSE(tls::is_same_secret(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

}  // namespace
