// SPDX-License-Identifier: MIT
// glibc knows the names of interfaces behind link-local addresses only.
#include <gtest/gtest.h>

#include "zocalo/net/resolve.hpp"

namespace {

namespace net = zocalo::net;

TEST(scope_names, go_with_every_address) {
    for (const char* const text : {"::1%lo", "fd00::1%lo", "fe80::1%lo", "::1%1"}) {
        const auto found = net::getaddrinfo(text, "80", {.type = net::type::stream});
        ASSERT_EQ(found.size(), 1U) << text;
        EXPECT_EQ(found.front().endpoint.ip(), net::address::parse(text));
    }
    EXPECT_THROW((void)net::getaddrinfo("::1%nowhere", "80", {}), std::system_error);
}

}  // namespace
