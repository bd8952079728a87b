// SPDX-License-Identifier: MIT
#include "zocalo/sim/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sim/programs.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/option_tcp.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

using zocalo::tests::ask;
using zocalo::tests::echo_server;

io::task<std::chrono::nanoseconds> time_of(io::task<std::string> what) {
    const io::time_point before = co_await io::now();
    co_await std::move(what);
    co_return co_await io::now() - before;
}

TEST(world, hosts_talk) {
    sim::world world{1};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    EXPECT_EQ(world.host("client").run(ask(server.at(7), "hello")), "hello");
    EXPECT_EQ(server.address().to_string(), "10.0.0.1");
}

TEST(world, much_comes_whole_through_a_bad_link) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        sim::world world{seed, {.usual_link = sim::bad_link}};
        sim::host& server = world.host("server");
        server.on_start([] { return echo_server(7); });
        std::string much(200'000, '\0');
        world.random().fill(much);
        EXPECT_EQ(world.host("client").run(ask(server.at(7), much)), much) << "seed " << seed;
    }
}

TEST(world, takes_the_time_that_links_take) {
    sim::world world{1, {.usual_link = {.latency = 100ms, .jitter = 0ms}}};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    // There and back for the connection, and for the question.
    EXPECT_EQ(world.host("client").run(time_of(ask(server.at(7), "hello"))), 400ms);
}

TEST(world, a_day_passes_at_once) {
    sim::world world{1};
    world.host("sleeper").run([]() -> io::task<> { co_await io::sleep(24h); }());
    EXPECT_EQ(world.elapsed(), 24h);
}

std::string trace_of(std::uint64_t seed) {
    sim::world world{seed, {.usual_link = sim::bad_link}};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    world.host("client").run(ask(server.at(7), std::string(20'000, 'x')));
    return world.trace() + std::to_string(world.fingerprint());
}

TEST(world, seed_repeats_everything) {
    EXPECT_EQ(trace_of(5), trace_of(5));
    EXPECT_NE(trace_of(5), trace_of(6));
}

io::task<int> count_datagrams(io::datagram& at, zocalo::timeout silence) {
    int came = 0;
    char room[100];
    try {
        for (;; ++came)
            co_await io::timeout(silence, at.receive_from(zocalo::mutable_buffer(room)));
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
    co_return came;
}

io::task<int> datagrams_at(std::uint16_t port) {
    io::datagram socket = co_await io::open_datagram({net::address::any_v4(), port});
    co_return co_await count_datagrams(socket, 5s);
}

io::task<> send_datagrams(net::endpoint to, int count) {
    io::datagram socket = co_await io::open_datagram({net::address::any_v4(), 0});
    for (int i = 0; i < count; ++i) {
        co_await socket.send_to("one of many", to);
        co_await io::sleep(1ms);
    }
}

int datagrams_through(const sim::link& link, int count) {
    sim::world world{1, {.usual_link = link}};
    sim::host& receiver = world.host("receiver");
    world.host("sender").spawn(send_datagrams(receiver.at(53), count));
    return receiver.run(datagrams_at(53));
}

TEST(world, datagrams_meet_what_the_link_does) {
    EXPECT_EQ(datagrams_through({}, 1000), 1000);
    EXPECT_NEAR(datagrams_through({.loss = 0.2}, 1000), 800, 50);
    EXPECT_NEAR(datagrams_through({.duplicate = 0.2}, 1000), 1200, 50);
    EXPECT_EQ(datagrams_through({.reorder = 0.5}, 1000), 1000);
}

/// One of many datagrams, by its number and the time that it was on its way.
struct arrival {
    int number = 0;
    std::chrono::nanoseconds way{};
};

io::task<> send_numbered(net::endpoint to, int count, std::vector<io::time_point>& sent) {
    io::datagram socket = co_await io::open_datagram({net::address::any_v4(), 0});
    for (int i = 0; i < count; ++i) {
        const std::string text = std::to_string(i);
        sent.push_back(co_await io::now());
        co_await socket.send_to(text, to);
        co_await io::sleep(1ms);
    }
}

io::task<> receive_numbered(std::uint16_t port, int count, const std::vector<io::time_point>& sent,
                            std::vector<arrival>& came) {
    io::datagram socket = co_await io::open_datagram({net::address::any_v4(), port});
    char room[20];
    for (int i = 0; i < count; ++i) {
        const net::received got = co_await socket.receive_from(zocalo::mutable_buffer(room));
        const int number = std::stoi(std::string(room, got.size));
        const io::time_point now = co_await io::now();
        came.push_back({number, now - sent.at(static_cast<std::size_t>(number))});
    }
}

/// A thousand datagrams, one each millisecond, as they come out at the other end.
std::vector<arrival> arrivals_through(const sim::link& link) {
    sim::world world{1, {.usual_link = link}};
    sim::host& receiver = world.host("receiver");
    std::vector<io::time_point> sent;
    std::vector<arrival> came;
    world.host("sender").spawn(send_numbered(receiver.at(53), 1000, sent));
    receiver.run(receive_numbered(53, 1000, sent, came));
    return came;
}

/// How many come later than one that was sent after them.
int overtaken(const std::vector<arrival>& came) {
    int latest = -1;
    int count = 0;
    for (const arrival& each : came) {
        if (each.number < latest) ++count;
        latest = std::max(latest, each.number);
    }
    return count;
}

TEST(world, reordered_datagrams_are_overtaken_by_others) {
    EXPECT_EQ(overtaken(arrivals_through({})), 0) << "they are further apart than the jitter";
    const int some = overtaken(arrivals_through({.latency = 2ms, .reorder = 0.1}));
    const int many = overtaken(arrivals_through({.latency = 2ms, .reorder = 0.5}));
    EXPECT_NEAR(some, 100, 30);  // each that was held up, for it is held up for two at least
    EXPECT_GT(many, 2 * some);
    EXPECT_LT(many, 1000);
}

TEST(world, jitter_spreads_what_takes_the_same_way) {
    const auto shortest_and_longest = [](const sim::link& link) {
        const auto by_way = [](const arrival& one, const arrival& other) {
            return one.way < other.way;
        };
        const std::vector<arrival> came = arrivals_through(link);
        const auto [least, most] = std::ranges::minmax_element(came, by_way);
        return std::pair(least->way, most->way);
    };
    const auto [same, still_same] = shortest_and_longest({.latency = 5ms, .jitter = 0ms});
    EXPECT_EQ(same, 5ms);
    EXPECT_EQ(still_same, 5ms);
    const sim::link uneven{.latency = 5ms, .jitter = 10ms};
    const auto [least, most] = shortest_and_longest(uneven);
    EXPECT_GE(least, 5ms);
    EXPECT_LT(least, 5500us) << "of a thousand";
    EXPECT_LE(most, 15ms);
    EXPECT_GT(most, 14500us);
    EXPECT_GT(overtaken(arrivals_through(uneven)), 500) << "one packet may overtake another";
}

TEST(world, bandwidth_makes_bytes_wait) {
    sim::world world{1, {.usual_link = {.bandwidth = 100'000}}};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    const auto span =
        world.host("client").run(time_of(ask(server.at(7), std::string(200'000, 'x'))));
    EXPECT_GT(span, 2s);  // both ways at once
    EXPECT_LT(span, 3s);
}

TEST(world, names_of_hosts_stand_for_their_addresses) {
    sim::world world{1};
    sim::host& server = world.host("Server.example");
    EXPECT_EQ(world.addresses_of("server.EXAMPLE."), server.addresses());
    EXPECT_TRUE(world.addresses_of("other.example").empty());
    world.set_name("other.example", {net::address::v4(10, 9, 9, 9), server.address()});
    EXPECT_EQ(world.addresses_of("other.example").size(), 2U);
}

io::task<std::string> ask_by_name(std::string host) {
    io::stream server = co_await io::connect(std::move(host), "7", {.timeout = 60s});
    co_await zocalo::tests::write_and_finish(server, "by name");
    co_return co_await zocalo::tests::read_all(server);
}

io::task<std::vector<std::string>> names_of(net::address ip) {
    io::resolver names;
    co_return co_await names.names_of(ip);
}

TEST(world, hosts_find_each_other_by_name) {
    sim::world world{1};
    sim::host& server = world.host("server.example");
    sim::host& client = world.host("client.example");
    server.on_start([] { return echo_server(7); });
    EXPECT_EQ(client.run(ask_by_name("server.example")), "by name");
    EXPECT_EQ(client.run(names_of(server.address())), std::vector<std::string>{"server.example"});
    try {
        client.run(ask_by_name("nobody.example"));
        FAIL() << "there is no such host";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), net::name_errc::no_name) << error.what();
    }
    // The first address that a name has leads nowhere.
    world.set_name("server.example", {net::address::v4(10, 9, 9, 9), server.address()});
    EXPECT_EQ(client.run(ask_by_name("server.example")), "by name");
    world.set_name_service(false);
    const auto before = world.elapsed();
    EXPECT_THROW(client.run(ask_by_name("server.example")), std::system_error);
    EXPECT_GT(world.elapsed() - before, 5s);
}

io::task<std::string> exchangers_of(std::string domain) {
    io::resolver names;
    std::vector<net::dns::mx> found = co_await names.find<net::dns::mx>(std::move(domain));
    std::string all;
    for (const net::dns::mx& each : found)
        all += std::to_string(each.preference) + ' ' + each.host + ';';
    co_return all;
}

template <class Record>
io::task<std::size_t> count_of(std::string name) {
    io::resolver names;
    const std::vector<Record> found = co_await names.find<Record>(std::move(name));
    co_return found.size();
}

std::error_code error_of(sim::host& on, io::task<std::string> what) {
    try {
        on.run(std::move(what));
    } catch (const std::system_error& error) {
        return error.code();
    }
    return {};
}

TEST(world, names_have_other_records) {
    sim::world world{1};
    sim::host& client = world.host("client.example");
    EXPECT_EQ(error_of(client, exchangers_of("example.org")), net::name_errc::no_name);
    net::dns::https here;
    here.priority = 1;
    world.set_records("Example.org.",
                      {net::dns::mx{10, "mail.example.org"}, net::dns::mx{20, "other.example.org"},
                       net::dns::txt{{"v=spf1 -all"}}, here});
    world.set_records("_smtp._tcp.example.org", {net::dns::srv{1, 2, 25, "mail.example.org"}});
    EXPECT_EQ(client.run(exchangers_of("example.org")),
              "10 mail.example.org;20 other.example.org;");
    EXPECT_EQ(client.run(count_of<net::dns::txt>("example.org")), 1U);
    EXPECT_EQ(client.run(count_of<net::dns::https>("example.org")), 1U);
    EXPECT_EQ(client.run(count_of<net::dns::srv>("_SMTP._tcp.example.org")), 1U);
    EXPECT_TRUE(world.addresses_of("example.org").empty());
    EXPECT_EQ(error_of(client, ask_by_name("example.org")), net::name_errc::no_data);

    // Addresses beside them; then no records any more.
    world.set_name("example.org", {net::address::v4(10, 9, 9, 9)});
    EXPECT_EQ(client.run(count_of<net::dns::a>("example.org")), 1U);
    EXPECT_EQ(client.run(count_of<net::dns::txt>("example.org")), 1U);
    world.set_records("example.org", {});
    EXPECT_EQ(error_of(client, exchangers_of("example.org")), net::name_errc::no_data);
    EXPECT_EQ(world.addresses_of("example.org").size(), 1U);
}

TEST(world, records_are_no_addresses_and_no_aliases) {
    sim::world world{1};
    const net::address ip = net::address::v4(10, 9, 9, 9);
    const sim::record refused[] = {net::dns::a{ip}, net::dns::aaaa{ip},
                                   net::dns::cname{"example.net"}, net::dns::other{}};
    for (const sim::record& each : refused)
        EXPECT_THROW(world.set_records("example.org", {net::dns::mx{1, "mail"}, each}),
                     std::invalid_argument);
    EXPECT_EQ(error_of(world.host("client"), exchangers_of("example.org")), net::name_errc::no_name)
        << "nothing was set";
}

/// How long a look-up took, and the error that it ended with.
std::pair<std::chrono::nanoseconds, std::error_code> look_up(sim::world& world, sim::host& on) {
    const auto before = world.elapsed();
    std::error_code error;
    try {
        on.run([]() -> io::task<> {
            io::resolver names({.cache_size = 0});
            co_await names.ask("server.example", net::dns::type::a);
        }());
    } catch (const std::system_error& failed) {
        error = failed.code();
    }
    return {world.elapsed() - before, error};
}

TEST(world, look_ups_travel_to_the_host_that_answers_them) {
    sim::world world{1};
    world.set_link({.latency = 10ms, .jitter = 0ms});
    sim::host& server = world.host("server.example");
    sim::host& names = world.host("names");
    sim::host& client = world.host("client.example");
    world.cut(server, client);
    world.cut(names, client);
    using result = std::pair<std::chrono::nanoseconds, std::error_code>;
    EXPECT_EQ(look_up(world, client), (result{20ms, {}})) << "it is nowhere in particular";

    world.set_name_server(names);
    const result none{14s, net::name_errc::again};
    EXPECT_EQ(look_up(world, client), none);
    world.heal(names, client);
    EXPECT_EQ(look_up(world, client), (result{20ms, {}}));
    world.cut_from(names, client);
    EXPECT_EQ(look_up(world, client), none) << "the answer is lost";
    world.after(1s, [&] { world.heal(names, client); });
    EXPECT_EQ(look_up(world, client), (result{2020ms, {}})) << "the second try comes through";

    names.kill();
    EXPECT_EQ(look_up(world, client), (result{20ms, {}}));
    names.crash();
    EXPECT_EQ(look_up(world, client), none);
}

/// TCP_NODELAY in one byte, which the kernel does not take.
struct short_option {
    static constexpr int level = net::option::tcp::level;
    static constexpr int name = 1;
    static zocalo::const_buffer encode() { return "x"; }
};

io::task<> connect_with(const net::endpoint where, const io::socket_settings& settings) {
    co_await io::connect(where, {}, &settings);
}

TEST(world, option_that_is_refused_fails_the_connect) {
    sim::world world{1};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    io::socket_settings settings;
    settings.set(net::option::tcp::no_delay{true});
    world.host("client").run(connect_with(server.at(7), settings));
    settings.set(short_option{});
    try {
        world.host("client").run(connect_with(server.at(7), settings));
        ADD_FAILURE() << "connected";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::invalid_argument) << error.what();
    }
}

TEST(world, hosts_differ_in_name_and_address) {
    sim::world world{1};
    sim::host& one = world.host("one");
    EXPECT_EQ(&world.host("one"), &one);
    EXPECT_THROW(world.host("one", {net::address::v4(10, 7, 7, 7)}), std::invalid_argument);
    EXPECT_THROW(world.host("two", {one.address()}), std::invalid_argument);
    EXPECT_THROW(world.host("three", {}), std::invalid_argument);
    EXPECT_THROW(world.set_link({.loss = 1.5}), std::invalid_argument);
    EXPECT_THROW(world.set_link({.latency = -1ms}), std::invalid_argument);
}

}  // namespace
