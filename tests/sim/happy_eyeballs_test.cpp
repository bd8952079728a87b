// SPDX-License-Identifier: MIT
// RFC 8305 to the millisecond: where nothing but waiting takes time, each delay and the one
// deadline can be told exactly.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/programs.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/name_service.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
namespace dns = zocalo::net::dns;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

constexpr std::uint16_t port = 7;

net::address v6(int last) {
    return net::address::parse("2001:db8::" + std::to_string(last));
}
net::address v4(int last) {
    return net::address::v4(192, 0, 2, static_cast<std::uint8_t>(last));
}

/// Answers of both kinds, each after a while of its own; none: never.
class table final : public io::name_service {
 public:
    struct answers {
        std::vector<net::address> addresses;
        std::optional<milliseconds> after = milliseconds(0);
    };
    answers ipv6;
    answers ipv4;

    io::task<dns::answer> ask(std::string name, dns::type which) override {
        const answers& mine = which == dns::type::aaaa ? ipv6 : ipv4;
        const zocalo::timeout wait = mine.after ? zocalo::timeout(*mine.after) : 1h;
        co_await io::sleep(wait);
        dns::answer made;
        made.canonical_name = name;
        made.status = mine.addresses.empty() ? dns::status::no_data : dns::status::found;
        for (const net::address& ip : mine.addresses) {
            if (ip.is_v4()) made.records.push_back({name, which, 60s, dns::a{ip}});
            if (ip.is_v6()) made.records.push_back({name, which, 60s, dns::aaaa{ip}});
        }
        co_return made;
    }
};

/// A client and an echo server with addresses of both families, and a host with many that is cut
/// off. A packet takes 10 ms, so a connection takes 20.
class happy_eyeballs : public testing::Test {
 protected:
    happy_eyeballs() {
        world.set_link({.latency = 10ms, .jitter = 0ms});
        server.on_start([] { return zocalo::tests::echo_server(port); });
        server6.on_start([] { return zocalo::tests::echo_server_on_v6(port); });
        world.cut(client, hole);
    }

    io::connect_result connect(io::connect_options with = {}) {
        io::resolver names({.services = {says}, .search = false});
        with.resolver = &names;
        return client.run(io::try_connect({"www.example", port}, with));
    }
    /// When each attempt began.
    static std::vector<nanoseconds> starts(const io::connect_result& of) {
        std::vector<nanoseconds> all;
        for (const net::connect_attempt& each : of.report.attempts)
            all.push_back(each.started);
        return all;
    }

    sim::world world{1};
    sim::host& client = world.host("client", {v6(1), v4(1)});
    sim::host& server = world.host("server", {v4(2)});
    sim::host& server6 = world.host("server6", {v6(2)});
    sim::host& hole = world.host("hole", {v6(66), v6(67), v4(66), v4(67)});
    std::shared_ptr<table> says = std::make_shared<table>();
};

TEST_F(happy_eyeballs, better_family_wins_at_once) {
    says->ipv6.addresses = {v6(2)};
    says->ipv4.addresses = {v4(2)};
    const auto result = connect();
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(result.report.took, 20ms);
    EXPECT_EQ(result.stream.peer_endpoint(), net::endpoint(v6(2), port));
    EXPECT_EQ(starts(result), std::vector<nanoseconds>{0ms});
}

TEST_F(happy_eyeballs, broken_ipv6_costs_a_quarter_of_a_second) {
    says->ipv6.addresses = {v6(66)};
    says->ipv4.addresses = {v4(2)};
    const auto result = connect();
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(result.report.took, 270ms);
    EXPECT_EQ(result.stream.peer_endpoint(), net::endpoint(v4(2), port));
    EXPECT_EQ(starts(result), (std::vector<nanoseconds>{0ms, 250ms}));
    EXPECT_EQ(result.report.attempts[0].error, std::errc::operation_canceled);
    EXPECT_EQ(result.report.attempts[0].took, 270ms);
}

TEST_F(happy_eyeballs, refusal_costs_a_round_trip) {
    says->ipv6.addresses = {v6(2)};
    says->ipv4.addresses = {v4(2)};
    server6.kill();
    const auto result = connect();
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(starts(result), (std::vector<nanoseconds>{0ms, 20ms}));
    EXPECT_EQ(result.report.took, 40ms);
}

TEST_F(happy_eyeballs, slower_address_may_still_win) {
    says->ipv6.addresses = {v6(2)};
    says->ipv4.addresses = {v4(66)};
    world.set_link(client, server6, {.latency = 200ms, .jitter = 0ms});
    const auto result = connect();
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(starts(result), (std::vector<nanoseconds>{0ms, 250ms}));
    EXPECT_EQ(result.report.took, 400ms);
    EXPECT_EQ(result.stream.peer_endpoint().ip(), v6(2));
}

TEST_F(happy_eyeballs, answer_about_ipv6_is_waited_for_a_twentieth_of_a_second) {
    says->ipv4.addresses = {v4(2)};
    says->ipv6 = {{v6(2)}, 49ms};
    const auto in_time = connect();
    EXPECT_EQ(starts(in_time), std::vector<nanoseconds>{49ms});
    EXPECT_EQ(in_time.stream.peer_endpoint().ip(), v6(2));

    says->ipv6.after = 51ms;
    const auto late = connect();
    EXPECT_EQ(starts(late), std::vector<nanoseconds>{50ms});
    EXPECT_EQ(late.stream.peer_endpoint().ip(), v4(2));
    EXPECT_EQ(late.report.took, 70ms);

    says->ipv6.after.reset();
    EXPECT_EQ(connect().report.took, 70ms);
    says->ipv6.after = 0ms;
    says->ipv4.after.reset();
    EXPECT_EQ(connect().report.took, 20ms) << "nobody waits for the other way round";
}

TEST_F(happy_eyeballs, families_take_turns_a_quarter_of_a_second_apart) {
    says->ipv6.addresses = {v6(66), v6(67)};
    says->ipv4.addresses = {v4(66), v4(67), v4(2)};
    const auto result = connect();
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(starts(result), (std::vector<nanoseconds>{0ms, 250ms, 500ms, 750ms, 1000ms}));
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(result.report.attempts[i].peer.ip().is_v6(), i % 2 == 0);
    }
    EXPECT_EQ(result.report.took, 1020ms);
}

/// Wherever it finds the connecting: in the look-ups, in the wait for the better family, in one or
/// several attempts.
TEST_F(happy_eyeballs, one_deadline_is_over_names_and_addresses) {
    says->ipv4 = {{v4(66), v4(67)}, 100ms};
    says->ipv6 = {{v6(66), v6(67)}, 400ms};
    for (const milliseconds limit : {0ms, 1ms, 99ms, 100ms, 149ms, 150ms, 151ms, 399ms, 400ms,
                                     401ms, 649ms, 650ms, 651ms, 1000ms, 5000ms}) {
        const auto result = connect({.timeout = limit});
        EXPECT_EQ(result.error, std::errc::timed_out) << limit.count();
        EXPECT_EQ(result.report.took, limit);
        EXPECT_FALSE(result.stream.is_open());
        for (const net::connect_attempt& each : result.report.attempts)
            EXPECT_EQ(each.error, std::errc::timed_out) << limit.count();
    }
    says->ipv4.addresses.push_back(v4(2));
    EXPECT_FALSE(connect({.timeout = 3s}).error);
}

TEST_F(happy_eyeballs, thousand_names_are_looked_up_in_the_time_of_one) {
    says->ipv4 = {{v4(2)}, 100ms};
    const auto before = world.elapsed();
    client.run([](std::shared_ptr<io::name_service> service) -> io::task<> {
        io::resolver names({.services = {std::move(service)}, .search = false});
        std::vector<io::task<dns::answer>> all;
        for (int i = 0; i < 1000; ++i)
            all.push_back(names.ask("host" + std::to_string(i) + ".example", dns::type::a));
        co_await io::all(std::move(all));
    }(says));
    EXPECT_EQ(world.elapsed() - before, 100ms);
}

}  // namespace
