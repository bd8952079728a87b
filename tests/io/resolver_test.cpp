// SPDX-License-Identifier: MIT
#include "zocalo/io/resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "io/worlds.hpp"
#include "support/dns_server.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using zocalo::test::dns_message;
using zocalo::test::dns_question;
using zocalo::test::dns_reply;
using zocalo::test::dns_server;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;
using clock_type = std::chrono::steady_clock;

class names : public zocalo::tests::in_every_world {};

io::resolver_options asking(const dns_server& server) {
    return {.servers = {server.where()},
            .hosts_file = false,
            .search = false,
            .attempt = 10s,
            .attempts = 2};
}

/// A zone as a handler of the server.
std::vector<dns_reply> zone(const std::string& query, bool /*over_tcp*/) {
    const dns_question asked(query);
    dns_message found(query, dns_message::response);
    if (asked.name == "www.example") {
        if (asked.type == dns::type::a) found.record(asked.type, 300, std::string("\xC0\0\2\1", 4));
        if (asked.type == dns::type::aaaa) {
            found.record(asked.type, 60, std::string("\x20\1\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\1", 16));
        }
        return {{found.bytes()}};
    }
    if (asked.name == "example" && asked.type == dns::type::mx) {
        found.record(asked.type, 300,
                     std::string("\0\x0A", 2) + dns_message::wire_name("mail.example"));
        return {{found.bytes()}};
    }
    return {{dns_message(query, dns_message::no_such_name).bytes()}};
}

/// What comes out of a look-up that fails.
struct failure {
    std::error_code code;
    std::string text;
};
template <class Call>
failure failure_of(Call call) {
    try {
        call();
    } catch (const std::system_error& error) {
        return {error.code(), error.what()};
    } catch (const zocalo::protocol_error& error) {
        return {std::make_error_code(std::errc::bad_message), error.what()};
    } catch (const std::invalid_argument& error) {
        return {std::make_error_code(std::errc::invalid_argument), error.what()};
    }
    return {};
}

TEST_P(names, addresses_of_both_families) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    const auto found = run(resolver.addresses("WWW.example."));
    EXPECT_THAT(found, testing::UnorderedElementsAre(net::address::parse("192.0.2.1"),
                                                     net::address::parse("2001:db8::1")));
    EXPECT_THAT(run(resolver.addresses("www.example", net::family::inet)),
                ElementsAre(net::address::parse("192.0.2.1")));
}

TEST_P(names, other_records_are_values) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    const auto found = run(resolver.find<dns::mx>("example"));
    EXPECT_THAT(found, ElementsAre(dns::mx{10, "mail.example"}));
    EXPECT_EQ(run(resolver.ask("www.example", dns::type::txt)).status, dns::status::no_data);
}

/// Whatever the letters of the question were on the wire.
TEST_P(names, come_in_the_case_in_which_they_were_asked_for) {
    dns_server server([](const std::string& query, bool) {
        dns_message found(query, dns_message::response);
        found.record(dns::type::mx, 300, std::string("\0\x0A\4mail\xC0\x0C", 9));
        found.record_of(query.substr(12, query.find('\0', 12) - 11), dns::type::mx, 300,
                        std::string("\0\x14\xC0\x0C", 4));
        return std::vector<dns_reply>{{found.bytes()}};
    });
    io::resolver resolver(asking(server));
    const auto said = run(resolver.ask("Some.Long-enough.Example", dns::type::mx));
    ASSERT_EQ(said.records.size(), 2U);
    EXPECT_EQ(said.records[0].owner, "Some.Long-enough.Example");
    EXPECT_EQ(said.records[1].owner, "Some.Long-enough.Example");
    EXPECT_THAT(said.all<dns::mx>(), ElementsAre(dns::mx{10, "mail.Some.Long-enough.Example"},
                                                 dns::mx{20, "Some.Long-enough.Example"}));
}

TEST_P(names, what_is_not_there_says_so) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    const failure no_name = failure_of([&] { run(resolver.addresses("nobody.example")); });
    EXPECT_EQ(no_name.code, net::name_errc::no_name);
    EXPECT_THAT(no_name.text, HasSubstr("look up host \"nobody.example\""));
    EXPECT_EQ(failure_of([&] { run(resolver.find<dns::txt>("www.example")); }).code,
              net::name_errc::no_data);
}

TEST_P(names, addresses_need_nobody) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    EXPECT_THAT(run(resolver.addresses("192.0.2.7")),
                ElementsAre(net::address::parse("192.0.2.7")));
    EXPECT_EQ(run(resolver.addresses("localhost")).size(), 2U);
    EXPECT_EQ(run(resolver.addresses("db.localhost", net::family::inet)).size(), 1U);
    EXPECT_EQ(server.asked(), 0);
}

TEST_P(names, the_hosts_file_knows_this_machine) {
    io::resolver resolver;
    EXPECT_THAT(run(resolver.addresses("localhost")),
                testing::Contains(net::address::loopback_v4()));
}

TEST_P(names, silence_has_an_end) {
    dns_server server([](const std::string&, bool) { return std::vector<dns_reply>(); });
    auto options = asking(server);
    options.attempt = 200ms;
    io::resolver resolver(options);
    const auto begin = clock_type::now();
    const failure said = failure_of([&] { run(resolver.find<dns::mx>("example")); });
    EXPECT_EQ(said.code, net::name_errc::again);
    EXPECT_THAT(said.text, HasSubstr("look up MX of \"example\""));
    EXPECT_GE(clock_type::now() - begin, 400ms);
    server.wait_for_questions(2);
    EXPECT_EQ(server.asked(), 2);
}

TEST_P(names, a_time_out_ends_a_look_up_at_once) {
    dns_server server([](const std::string&, bool) { return std::vector<dns_reply>(); });
    io::resolver resolver({.servers = {server.where()}, .attempt = 60s});
    const auto begin = clock_type::now();
    const failure said =
        failure_of([&] { run(io::timeout(30ms, resolver.find<dns::mx>("example"))); });
    EXPECT_EQ(said.code, std::errc::timed_out);
    EXPECT_THAT(said.text, HasSubstr("look up MX of \"example\" (limit 30 ms)"));
    EXPECT_LT(clock_type::now() - begin, 30s) << "it went on asking";
}

TEST_P(names, next_server_is_asked_when_one_cannot_say) {
    dns_server broken([](const std::string& query, bool) {
        return std::vector<dns_reply>{{dns_message(query, 0x8182).bytes()}};  // SERVFAIL
    });
    dns_server server(zone);
    auto options = asking(broken);
    io::resolver alone(options);
    EXPECT_EQ(failure_of([&] { run(alone.find<dns::mx>("example")); }).code,
              net::name_errc::failure);
    options.servers.push_back(server.where());
    io::resolver both(options);
    EXPECT_EQ(run(both.find<dns::mx>("example")).size(), 1U);
}

TEST_P(names, truncated_answers_are_fetched_over_tcp) {
    dns_server server([](const std::string& query, bool over_tcp) {
        if (over_tcp) return zone(query, true);
        return std::vector<dns_reply>{{dns_message(query, dns_message::truncated).bytes()}};
    });
    io::resolver resolver(asking(server));
    EXPECT_EQ(run(resolver.find<dns::mx>("example")).size(), 1U);
    EXPECT_EQ(server.asked_over_tcp(), 1);
    auto options = asking(server);
    options.tcp = true;
    io::resolver always(options);
    EXPECT_EQ(run(always.find<dns::mx>("example")).size(), 1U);
    EXPECT_EQ(server.asked(), 3);
}

TEST_P(names, cache_remembers_answers_and_silence) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    (void)run(resolver.find<dns::mx>("example"));
    const auto again = run(resolver.ask("EXAMPLE", dns::type::mx));
    EXPECT_EQ(again.all<dns::mx>().size(), 1U);
    EXPECT_LE(again.ttl, 300s);
    EXPECT_GT(again.ttl, 290s);
    EXPECT_EQ(server.asked(), 1);
    resolver.clear();
    (void)run(resolver.find<dns::mx>("example"));
    EXPECT_EQ(server.asked(), 2);
}

TEST_P(names, cache_keeps_silence_as_long_as_the_zone_says) {
    dns_server server([](const std::string& query, bool) {
        dns_message none(query, dns_message::no_such_name);
        std::string zone =
            dns_message::wire_name("ns.example") + dns_message::wire_name("x.example");
        for (const char last : {'\1', '\1', '\1', '\1', '\x3C'}) {  // serial, ..., minimum
            zone += std::string("\0\0\0", 3);
            zone += last;
        }
        none.record_of(dns_message::wire_name("example"), dns::type::soa, 3600, zone, 8);
        return std::vector<dns_reply>{{none.bytes()}};
    });
    io::resolver resolver(asking(server));
    EXPECT_EQ(run(resolver.ask("no.example", dns::type::mx)).ttl, 60s);
    EXPECT_EQ(run(resolver.ask("no.example", dns::type::mx)).status, dns::status::no_name);
    EXPECT_EQ(server.asked(), 1);
}

TEST_P(names, cache_is_bounded) {
    dns_server server([](const std::string& query, bool) {
        dns_message found(query, dns_message::response);
        found.record(dns::type::a, 300, std::string("\xC0\0\2\1", 4));
        return std::vector<dns_reply>{{found.bytes()}};
    });
    auto options = asking(server);
    options.cache_size = 2;
    io::resolver resolver(options);
    for (const char* name : {"a.example", "b.example", "a.example", "c.example", "a.example"})
        (void)run(resolver.ask(name, dns::type::a));
    EXPECT_EQ(server.asked(), 3);
    (void)run(resolver.ask("b.example", dns::type::a));
    EXPECT_EQ(server.asked(), 4);
    options.cache_size = 0;
    io::resolver forgetful(options);
    (void)run(forgetful.ask("a.example", dns::type::a));
    (void)run(forgetful.ask("a.example", dns::type::a));
    EXPECT_EQ(server.asked(), 6);
}

io::task<std::size_t> ask_all(io::resolver& resolver, int count) {
    std::vector<io::task<dns::answer>> all;
    for (int i = 0; i < count; ++i)
        all.push_back(resolver.ask("host" + std::to_string(i) + ".example", dns::type::a));
    std::size_t found = 0;
    for (const dns::answer& each : co_await io::all(std::move(all)))
        found += each.all<dns::a>().size();
    co_return found;
}

/// How long a thousand take side by side, of which each is answered after up to `slowest`.
template <class Run>
clock_type::duration time_of_a_thousand(std::chrono::milliseconds slowest, Run run) {
    dns_server server([slowest](const std::string& query, bool) {
        dns_message found(query, dns_message::response);
        found.record(dns::type::a, 300, std::string("\xC0\0\2\1", 4));
        const auto share = std::hash<std::string>()(dns_question(query).name) % 11;
        return std::vector<dns_reply>{{found.bytes(), slowest * share / 10}};
    });
    io::resolver resolver({.servers = {server.where()}, .attempt = 60s});
    const auto begin = clock_type::now();
    EXPECT_EQ(run(ask_all(resolver, 1000)), 1000U);
    const auto took = clock_type::now() - begin;
    EXPECT_EQ(server.asked(), 1000);
    EXPECT_GE(took, slowest);
    return took;
}

/// One after another they would take 500 times as long as the slowest of them. What the machine
/// adds for the asking and answering is the same however slow the server is, so a slow machine
/// gets a slower server; where look-ups wait for each other that does not help.
TEST_P(names, a_thousand_take_less_than_twice_the_slowest) {
    auto slowest = 500ms;
    const auto side_by_side = [this](io::task<std::size_t> all) { return run(std::move(all)); };
    while (time_of_a_thousand(slowest, side_by_side) >= 2 * slowest) {
        ASSERT_LT(slowest, 16s) << "they wait for each other";
        slowest *= 2;
    }
}

/// Those who wait for the sockets are cancelled one after another; the last one has its answer.
io::task<std::size_t> lose_leaders(io::resolver& resolver) {
    std::vector<io::task<>> all;
    for (int i = 0; i < 5; ++i) {
        auto ended = [](io::resolver& with, int which) -> io::task<> {
            try {
                co_await io::timeout(20ms * (which + 1),
                                     with.ask("lost" + std::to_string(which), dns::type::a));
            } catch (const std::system_error&) {
            }
        };
        all.push_back(ended(resolver, i));
    }
    std::size_t found = 0;
    auto last = [](io::resolver& with, std::size_t& count) -> io::task<> {
        const dns::answer said = co_await with.ask("kept.example", dns::type::a);
        count = said.all<dns::a>().size();
    };
    all.push_back(last(resolver, found));
    co_await io::all(std::move(all));
    co_return found;
}

TEST_P(names, another_one_takes_over_from_who_is_cancelled) {
    dns_server server([](const std::string& query, bool) {
        std::vector<dns_reply> replies;
        if (dns_question(query).name != "kept.example") return replies;
        dns_message found(query, dns_message::response);
        found.record(dns::type::a, 300, std::string("\xC0\0\2\1", 4));
        replies.push_back({found.bytes(), 250ms});
        return replies;
    });
    io::resolver resolver({.servers = {server.where()}, .attempt = 60s});
    EXPECT_EQ(run(lose_leaders(resolver)), 1U);
}

TEST(resolver, blocks_without_a_loop_and_is_shared_by_threads) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&resolver] {
            for (int round = 0; round < 20; ++round) {
                EXPECT_EQ(resolver.addresses("www.example").get().size(), 2U);
                if (round % 5 == 0) resolver.clear();
            }
        });
    }
    for (std::thread& each : threads)
        each.join();
}

TEST(resolver, refuses_what_can_be_no_name_and_no_server) {
    dns_server server(zone);
    io::resolver resolver(asking(server));
    const std::string long_label(64, 'x');
    for (const std::string& name : {long_label, std::string("a..b"), std::string("a\0b", 3)}) {
        EXPECT_EQ(failure_of([&] { (void)resolver.ask(name, dns::type::a).get(); }).code,
                  std::errc::invalid_argument)
            << name;
    }
    EXPECT_EQ(server.asked(), 0);
    EXPECT_THROW(io::resolver({.servers = {net::endpoint::local("/run/x")}}),
                 std::invalid_argument);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(names);

}  // namespace
