// SPDX-License-Identifier: MIT
// Names below `local` in a simulated network: each host answers to its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "zocalo/io/multicast_names.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
namespace dns = zocalo::net::dns;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

const sim::link steady{.latency = 10ms, .jitter = 0ms};

io::resolver asking(std::chrono::nanoseconds patience) {
    io::multicast_names_options options{.patience = patience};
    return io::resolver({.services = {std::make_shared<io::multicast_names>(options)},
                         .hosts_file = false,
                         .search = false,
                         .cache_size = 0});
}

net::address ip(const char* text) {
    return net::address::parse(text);
}

dns::answer ask(sim::host& from, const std::string& name, dns::type which,
                std::chrono::nanoseconds patience = 3s) {
    io::resolver names = asking(patience);
    return from.run(names.ask(name, which));
}

TEST(neighbours, say_their_addresses) {
    sim::world world{1, {.usual_link = steady}};
    world.host("printer", {ip("192.0.2.7"), ip("2001:db8::7")});
    world.host("another");
    io::resolver names = asking(1h);
    sim::host& here = world.host("here");
    EXPECT_THAT(here.run(names.addresses("Printer.local")),
                UnorderedElementsAre(ip("192.0.2.7"), ip("2001:db8::7")));
    EXPECT_EQ(world.elapsed(), 20ms);
    EXPECT_EQ(ask(here, "printer.local.", dns::type::a).records.size(), 1U);
    EXPECT_LE(ask(here, "printer.local", dns::type::a).ttl, 10s);
}

TEST(neighbours, that_nobody_is_says_nothing) {
    sim::world world{1, {.usual_link = steady}};
    world.host("printer");
    EXPECT_EQ(ask(world.host("here"), "old.local", dns::type::a).status, dns::status::no_name);
    EXPECT_EQ(world.elapsed(), 3s);
}

TEST(neighbours, have_what_they_have) {
    sim::world world{1, {.usual_link = steady}};
    world.host("printer", {ip("192.0.2.7")});
    sim::host& here = world.host("here");
    EXPECT_EQ(ask(here, "printer.local", dns::type::aaaa).status, dns::status::no_data);
    EXPECT_EQ(world.elapsed(), 270ms);
    EXPECT_EQ(ask(here, "printer.local", dns::type::srv).status, dns::status::no_data);
}

TEST(neighbours, have_names_for_addresses_too) {
    sim::world world{1, {.usual_link = steady}};
    world.host("printer", {ip("169.254.3.4")});
    const dns::answer said =
        ask(world.host("here"), "4.3.254.169.in-addr.arpa", dns::type::ptr, 2s);
    ASSERT_EQ(said.records.size(), 1U);
    EXPECT_EQ(std::get<dns::ptr>(said.records[0].data).host, "printer.local");
    EXPECT_EQ(world.elapsed(), 2s);
}

TEST(neighbours, are_asked_again_after_1_2_and_4_seconds) {
    sim::world world{1, {.usual_link = steady}};
    sim::host& printer = world.host("printer", {ip("192.0.2.7")});
    sim::host& here = world.host("here");
    world.cut_from(printer, here);
    world.after(1500ms, [&] { world.heal(); });
    EXPECT_EQ(ask(here, "printer.local", dns::type::a, 1h).status, dns::status::found);
    EXPECT_EQ(world.elapsed(), 3020ms);
}

TEST(neighbours, without_power_say_nothing) {
    sim::world world{1, {.usual_link = steady}};
    sim::host& printer = world.host("printer", {ip("192.0.2.7")});
    sim::host& here = world.host("here");
    printer.crash();
    EXPECT_EQ(ask(here, "printer.local", dns::type::a).status, dns::status::no_name);
    printer.restart();
    EXPECT_EQ(ask(here, "printer.local", dns::type::a).status, dns::status::found);
}

std::string trace_of(std::uint64_t seed) {
    sim::world world{seed, {.usual_link = {.latency = 10ms, .jitter = 5ms, .loss = 0.5}}};
    world.host("printer", {ip("192.0.2.7")});
    const dns::answer said = ask(world.host("here"), "printer.local", dns::type::a, 24h);
    EXPECT_EQ(said.status, dns::status::found) << "seed " << seed;
    return std::to_string(world.elapsed().count()) + ' ' + std::to_string(world.fingerprint());
}

TEST(neighbours, are_found_whatever_is_lost_and_the_same_way_each_time) {
    bool was_lost = false;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const std::string first = trace_of(seed);
        EXPECT_EQ(trace_of(seed), first);
        was_lost = was_lost || std::stoll(first) > 1'000'000'000;
    }
    EXPECT_TRUE(was_lost);
}

TEST(neighbours, are_waited_for_no_longer_than_a_time_out) {
    sim::world world{1, {.usual_link = steady}};
    io::resolver names = asking(std::chrono::nanoseconds::max());
    try {
        (void)world.host("here").run(io::timeout(1min, names.ask("old.local", dns::type::a)));
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
    }
    EXPECT_EQ(world.elapsed(), 1min);
}

}  // namespace
