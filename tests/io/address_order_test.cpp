// SPDX-License-Identifier: MIT
// The examples of RFC 6724 §10.2, with the addresses that they give to this machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/io/resolver.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
using network = zocalo::test::network_namespace;

struct example {
    const char* rule;
    std::vector<const char*> ours;    ///< addresses of this machine
    std::vector<const char*> theirs;  ///< in the order in which they should be tried
};

/// Without those about homes and addresses that are deprecated, which a program cannot know.
const example examples[] = {
    {"matching scope",
     {"2001:db8:1::2", "fe80::1", "169.254.13.78"},
     {"2001:db8:1::1", "198.51.100.121"}},
    {"matching scope, the other way",
     {"fe80::1", "198.51.100.117"},
     {"198.51.100.121", "2001:db8:1::1"}},
    {"higher precedence", {"2001:db8:1::2", "fe80::1", "10.1.2.4"}, {"2001:db8:1::1", "10.1.2.3"}},
    {"smaller scope", {"2001:db8:1::2", "fe80::2"}, {"fe80::1%card", "2001:db8:1::1"}},
    {"longest prefix",
     {"2001:db8:1::2", "2001:db8:3f44::2", "fe80::2"},
     {"2001:db8:1::1", "2001:db8:3ffe::1"}},
    {"matching label", {"2002:c633:6401::2", "fe80::2"}, {"2002:c633:6401::1", "2001:db8:1::1"}},
    {"higher precedence again",
     {"2002:c633:6401::2", "2001:db8:1::2", "fe80::2"},
     {"2001:db8:1::1", "2002:c633:6401::1"}},
    {"private networks after global ones",
     {"fd00::2", "2001:db8:1::2"},
     {"2001:db8:1::1", "fd00::1"}},
    {"nothing that cannot be reached first", {"192.0.2.2"}, {"192.0.2.1", "2001:db8:1::1"}},
};

/// A card with these addresses, and everything behind it.
bool make_card(const std::vector<const char*>& addresses) {
    (void)network::run("ip link del card 2>/dev/null");
    bool done = network::run("ip link add card type veth peer name other") &&
                network::run("ip link set card addrgenmode none") &&
                network::run("ip link set card up") && network::run("ip link set other up") &&
                network::wait_for_carrier("card");
    for (const std::string address : addresses) {
        const bool is_v6 = address.find(':') != std::string::npos;
        const std::string family = is_v6 ? "-6" : "-4";
        const std::string bits = is_v6 ? "/64 dev card nodad" : "/24 dev card";
        done = done && network::run(("ip " + family + " addr add " + address + bits).c_str());
        (void)network::run(("ip " + family + " route replace default dev card").c_str());
    }
    return done;
}

std::vector<net::address> parsed(const std::vector<const char*>& texts) {
    std::vector<net::address> all;
    for (const char* each : texts)
        all.push_back(net::address::parse(each));
    return all;
}

TEST(address_order, is_that_of_the_examples) {
    const network own;
    if (!own.is_ready()) ZOCALO_CANNOT_RUN("no network namespace of its own");
    for (const example& each : examples) {
        ASSERT_TRUE(make_card(each.ours)) << each.rule;
        const std::vector<net::address> wanted = parsed(each.theirs);
        std::vector<net::address> given = wanted;
        do {
            io::resolver names({.hosts = {{.host = "www.example", .addresses = given}}});
            EXPECT_EQ(names.addresses("www.example").get(), wanted) << each.rule;
            std::ranges::reverse(given);
        } while (given != wanted);
    }
}

}  // namespace
