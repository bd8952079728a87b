// SPDX-License-Identifier: MIT
// A client in bad networks, with a server of ours.
#include <gmock/gmock.h>

#include "http/simulated_asking.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::tests::asked_ledger;
using zocalo::tests::asked_outcome;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

using asker = io::task<asked_outcome> (*)(net::endpoint where, const asked_ledger& book);

class http_simulation : public testing::TestWithParam<std::uint64_t> {};

void ask_a_server(asker asks, std::uint64_t part) {
    zocalo::tests::take_no_part_for_the_whole(part, [&](sim::world& world, asked_ledger& book) {
        sim::host& server = world.host("server");
        sim::host& client = world.host("client");
        server.on_start([&] { return zocalo::tests::serve_text(server.at(8080), book); });
        zocalo::tests::disturb(world, server, client, 300ms);
        const asked_outcome came = client.run(asks(server.at(8080), book));
        EXPECT_EQ(came.refused, 0);
        return came;
    });
}

TEST_P(http_simulation, takes_no_part_for_the_whole_and_repeats_nothing_that_may_do_harm) {
    ask_a_server(zocalo::tests::ask_often, GetParam());
}

TEST_P(http_simulation, does_so_over_http_2_with_streams_side_by_side) {
    ask_a_server(zocalo::tests::ask_together, GetParam());
}

INSTANTIATE_TEST_SUITE_P(part, http_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
