// SPDX-License-Identifier: MIT
// getaddrinfo(3) cuts a port to 16 bits and takes signs and spaces: "99999" connected to 34463.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "zocalo/net/host_port.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::net {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(wild_port, is_refused_by_its_name) {
    for (const char* port :
         {"65536", "99999", "4294967376", "-1", "+80", " 80", "80 ", "8.0", "-"}) {
        EXPECT_THAT([=] { (void)getaddrinfo("127.0.0.1", port); },
                    ThrowsMessage<std::invalid_argument>(HasSubstr(port)));
        EXPECT_THROW((void)host_port("127.0.0.1", port).resolve(family::inet, type::stream),
                     std::invalid_argument)
            << port;
    }
}

TEST(wild_port, leaves_ports_and_services_alone) {
    const auto port_of = [](const char* service) {
        return host_port("127.0.0.1", service).resolve(family::inet, type::stream).port();
    };
    EXPECT_EQ(port_of("0"), 0);
    EXPECT_EQ(port_of("65535"), 65535);
    EXPECT_EQ(port_of("00080"), 80);
    EXPECT_EQ(port_of("http"), 80);
}

}  // namespace
}  // namespace zocalo::net
