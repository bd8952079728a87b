// SPDX-License-Identifier: MIT
// A proxy between bad networks: no part of a response is passed on as the whole, and no request
// that may do harm is heard twice.
#include <gmock/gmock.h>

#include "http/simulated_asking.hpp"
#include "zocalo/http/mount.hpp"
#include "zocalo/http/reverse_proxy.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::tests::asked_ledger;
using zocalo::tests::asked_outcome;
using zocalo::tests::serve_text;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

io::task<> proxy(net::endpoint where, std::vector<std::string> upstreams) {
    http::reverse_proxy_options how;
    how.upstreams = std::move(upstreams);
    how.stall = 5s;
    http::site site;
    site.filters.push_back(http::under("/", http::reverse_proxy(how)));
    io::task<> serving = zocalo::tests::serve_site(site, where);
    co_await std::move(serving);
}

/// With two upstreams, one of which is disturbed.
asked_outcome ask_through(sim::world& world, asked_ledger& book, const std::string& scheme,
                          bool together) {
    sim::host& one = world.host("one");
    sim::host& two = world.host("two");
    sim::host& front = world.host("front");
    sim::host& client = world.host("client");
    one.on_start([&] { return serve_text(one.at(8080), book); });
    two.on_start([&] { return serve_text(two.at(8080), book); });
    const std::vector<std::string> urls{scheme + one.at(8080).to_string(),
                                        scheme + two.at(8080).to_string()};
    front.on_start([&, urls] { return proxy(front.at(80), urls); });
    zocalo::tests::disturb(world, one, front, 300ms);
    return client.run(together ? zocalo::tests::ask_together(front.at(80), book)
                               : zocalo::tests::ask_often(front.at(80), book));
}

class proxy_simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(proxy_simulation, passes_no_part_on_as_the_whole_and_repeats_nothing_that_may_do_harm) {
    zocalo::tests::take_no_part_for_the_whole(GetParam(),
                                              [](sim::world& world, asked_ledger& book) {
                                                  return ask_through(world, book, "http://", false);
                                              });
}

/// HTTP/2 on one of its sides, or on both.
TEST_P(proxy_simulation, does_so_over_http_2) {
    zocalo::tests::take_no_part_for_the_whole(
        GetParam(), [](sim::world& world, asked_ledger& book) {
            const auto sides = world.random().below(3);
            return ask_through(world, book, sides == 0 ? "http://" : "h2c://", sides != 1);
        });
}

INSTANTIATE_TEST_SUITE_P(part, proxy_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
