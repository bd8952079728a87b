// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cerrno>

#include "zocalo/net/control.hpp"

namespace zocalo::net {
namespace {

TEST(error_report, says_who_said_what) {
    using origin = error_report::origin_type;
    const auto said = [](origin from, std::uint8_t type, std::uint8_t code) {
        error_report report;
        report.error = EMSGSIZE;
        report.origin = from;
        report.type = type;
        report.code = code;
        return to_string(report);
    };
    EXPECT_EQ(said(origin::icmp, 3, 1), "host unreachable");
    EXPECT_EQ(said(origin::icmp, 1, 1), "ICMP type 1 code 1");
    EXPECT_EQ(said(origin::icmp6, 1, 1), "prohibited");
    EXPECT_EQ(said(origin::icmp6, 3, 0), "too many hops");
    EXPECT_EQ(said(origin::local, 0, 0), "Message too long");
}

}  // namespace
}  // namespace zocalo::net
