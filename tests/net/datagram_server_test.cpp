// SPDX-License-Identifier: MIT
// A datagram server on a wildcard address, on a machine that has several.
#include <gtest/gtest.h>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "support/serving.hpp"
#include "zocalo/net/option_ipv6.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using literals::operator""_ip;

struct two_addresses {
    address any;
    address first;
    address second;
};

class several_addresses : public testing::Test {
 protected:
    void SetUp() override {
        // The kernel takes what is sent to a new address for its own only a moment later.
        if (!network.is_ready() || !network.run("ip address add ::2/128 dev lo && "
                                                "for i in $(seq 500); do "
                                                "ip route get ::2 | grep -q ^local && exit 0; "
                                                "sleep 0.01; done; exit 1")) {
            ZOCALO_CANNOT_RUN("no network namespace of its own");
        }
    }
    /// A server that says where it was asked, and then in a second datagram that it said so.
    static void serve(datagram_request& request) {
        request.reply(request.local().to_string());
        request.reply("done");
    }
    static socket bound_to(const address& where) {
        socket made{where.family(), type::datagram};
        made.bind(endpoint(where, 0));
        made.set_timeout(5s);
        return made;
    }

    test::network_namespace network;
};

class wildcard_server : public several_addresses,
                        public testing::WithParamInterface<two_addresses> {};

TEST_P(wildcard_server, answers_from_the_address_that_was_asked) {
    datagram_server server{bound_to(GetParam().any), serve, {.limits = {.amplification = 10}}};
    const auto port = server.local_endpoint().port();
    const test::serving thread{server};
    socket peer = bound_to(GetParam().any);  // not connected: it hears everybody
    for (const address& asked : {GetParam().first, GetParam().second, GetParam().first}) {
        peer.send_to("question", endpoint(asked, port));
        for (const std::string& expected :
             {endpoint(asked, port).to_string(), std::string("done")}) {
            const auto [answer, from] = peer.recv_from(100);
            EXPECT_EQ(answer, expected);
            EXPECT_EQ(from, endpoint(asked, port));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(v4, wildcard_server,
                         testing::Values(two_addresses{"0.0.0.0"_ip, "127.0.0.1"_ip,
                                                       "127.0.0.2"_ip}));
INSTANTIATE_TEST_SUITE_P(v6, wildcard_server,
                         testing::Values(two_addresses{"::"_ip, "::1"_ip, "::2"_ip}));

TEST_F(several_addresses, of_both_families_on_one_socket) {
    socket bound{family::inet6, type::datagram};
    bound.set(option::ipv6::v6_only{false});
    bound.bind(endpoint("::"_ip, 0));
    datagram_server server{std::move(bound), serve, {.limits = {.amplification = 10}}};
    const auto port = server.local_endpoint().port();
    const test::serving thread{server};
    for (const address& asked : {"127.0.0.2"_ip, "::2"_ip}) {
        socket peer{asked.family(), type::datagram};
        peer.set_timeout(5s);
        peer.connect(endpoint(asked, port));  // and hears that address only
        peer.send("question");
        (void)peer.recv(100);
        EXPECT_EQ(peer.recv(100), "done");
    }
}

}  // namespace
}  // namespace zocalo::net
