// SPDX-License-Identifier: MIT
#include "zocalo/io/connect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "support/cannot_run.hpp"
#include "support/dns_server.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using zocalo::test::dns_message;
using zocalo::test::dns_question;
using zocalo::test::dns_reply;
using zocalo::test::dns_server;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;
using clock_type = std::chrono::steady_clock;

/// What the name server says of a host, and when.
struct host {
    std::vector<net::address> v6 = {};
    std::vector<net::address> v4 = {};
    std::chrono::milliseconds v6_delay{0};
    std::chrono::milliseconds v4_delay{0};
    bool silent = false;
};

/// A network of its own, in which 198.51.100.0/24 and 2001:db8:dead::/64 lead nowhere: packets go
/// out of a card and nobody takes them at the other end.
class connecting : public zocalo::tests::in_every_world {
 protected:
    using network = zocalo::test::network_namespace;

    void SetUp() override {
        in_every_world::SetUp();
        const auto run = [](const char* command) { return network::run(command); };
        const bool ready =
            own_.is_ready() && run("ip link add hole type veth peer name floor") &&
            run("ip link set hole up arp off") && run("ip link set floor up arp off") &&
            network::wait_for_carrier("hole") && run("ip addr add 198.51.100.1/24 dev hole") &&
            run("ip addr add 2001:db8:dead::1/64 dev hole nodad") &&
            run("ip addr add 2001:db8:dead::9/64 dev hole nodad");
        if (!ready) ZOCALO_CANNOT_RUN("no network namespace of its own");
        server_.emplace([this](const std::string& query, bool) { return say(query); });
        resolver_.emplace(io::resolver_options{
            .servers = {server_->where()}, .hosts_file = false, .search = false});
        listener_ = net::create_server(net::endpoint(net::address::loopback_v4(), 0));
        port_ = listener_.local_endpoint().port();
        listener6_ = net::create_server(net::endpoint(net::address::loopback_v6(), port_));
    }

    std::vector<dns_reply> say(const std::string& query) {
        const dns_question asked(query);
        const std::lock_guard lock(changing_);
        const auto known = hosts_.find(asked.name);
        if (known == hosts_.end()) {
            return {{dns_message(query, dns_message::no_such_name).bytes()}};
        }
        if (known->second.silent) return {};
        const bool is_v6 = asked.type == dns::type::aaaa;
        dns_message found(query, dns_message::response);
        for (const net::address& ip : is_v6 ? known->second.v6 : known->second.v4) {
            const auto bytes = ip.bytes();
            found.record(asked.type, 60, std::string(bytes.begin(), bytes.end()));
        }
        return {{found.bytes(), is_v6 ? known->second.v6_delay : known->second.v4_delay}};
    }

    io::connect_options options() { return {.timeout = 60s, .resolver = &*resolver_}; }
    io::connect_result connect(const std::string& name, io::connect_options with) {
        return run(io::try_connect({name, port_}, std::move(with)));
    }
    io::connect_result connect(const std::string& name) { return connect(name, options()); }

    static constexpr const char* silent_v6 = "2001:db8:dead::2";
    static constexpr const char* silent_v4 = "198.51.100.2";

    network own_;
    std::map<std::string, host> hosts_;
    std::mutex changing_;  ///< what the server, a thread, has been asked for already
    std::optional<dns_server> server_;
    std::optional<io::resolver> resolver_;
    net::socket listener_;
    net::socket listener6_;
    std::uint16_t port_ = 0;
};

using net::literals::operator""_ip;
const net::address here_v4 = net::address::loopback_v4();
const net::address here_v6 = net::address::loopback_v6();

std::size_t descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_P(connecting, to_a_name_by_the_better_family) {
    hosts_["www.example"] = {.v6 = {here_v6}, .v4 = {here_v4}};
    const auto result = connect("www.example");
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(result.stream.peer_endpoint(), net::endpoint(here_v6, port_));
    EXPECT_EQ(result.report.lookups.size(), 2U);
    EXPECT_EQ(result.report.attempts.size(), 1U);
    auto only_v4 = options();
    only_v4.family = net::family::inet;
    EXPECT_EQ(connect("www.example", only_v4).stream.peer_endpoint(),
              net::endpoint(here_v4, port_));
}

TEST_P(connecting, needs_nobody_for_an_address) {
    for (const char* text : {"127.0.0.1", "127.1", "2130706433"}) {
        const auto result = connect(text);
        EXPECT_FALSE(result.error) << text;
        EXPECT_EQ(result.stream.peer_endpoint(), net::endpoint(here_v4, port_));
    }
    EXPECT_EQ(server_->asked(), 0);
}

TEST_P(connecting, black_hole_costs_a_quarter_of_a_second) {
    hosts_["hole.example"] = {.v6 = {net::address::parse(silent_v6)}, .v4 = {here_v4}};
    const auto begin = clock_type::now();
    const auto result = connect("hole.example");
    const auto took = clock_type::now() - begin;
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(result.stream.peer_endpoint(), net::endpoint(here_v4, port_));
    EXPECT_GE(took, 250ms);
    EXPECT_LT(took, 30s);
    ASSERT_EQ(result.report.attempts.size(), 2U);
    EXPECT_EQ(result.report.attempts[0].error, std::errc::operation_canceled);
    EXPECT_GE(result.report.attempts[1].started, 250ms);
}

TEST_P(connecting, goes_on_at_once_after_a_refusal) {
    hosts_["half.example"] = {.v4 = {"127.0.0.2"_ip, "127.0.0.3"_ip, here_v4}};
    auto with = options();
    with.attempt_delay = 1h;
    const auto result = connect("half.example", with);
    ASSERT_FALSE(result.error) << result.report.to_table();
    ASSERT_EQ(result.report.attempts.size(), 3U);
    EXPECT_EQ(result.report.attempts[0].error, std::errc::connection_refused);
}

TEST_P(connecting, error_lists_every_address) {
    hosts_["none.example"] = {.v4 = {"127.0.0.2"_ip, "127.0.0.3"_ip}};
    try {
        run(io::connect({"none.example", port_}, options()));
        FAIL();
    } catch (const net::connect_error& error) {
        EXPECT_EQ(error.code(), std::errc::connection_refused);
        EXPECT_EQ(error.attempts().size(), 2U);
        const std::string port = std::to_string(port_);
        EXPECT_THAT(error.what(), HasSubstr("connect none.example:" + port + " (127.0.0.2:" + port +
                                            ": Connection refused; 127.0.0.3:" + port));
    }
}

TEST_P(connecting, families_take_turns) {
    // Known from the start, so that it is no matter which answer comes first.
    io::resolver names({.hosts = {{.host = "many.example",
                                   .addresses = {"2001:db8:dead::1"_ip, "2001:db8:dead::9"_ip,
                                                 "127.0.0.2"_ip, "127.0.0.3"_ip}}}});
    auto with = options();
    with.resolver = &names;
    const auto result = connect("many.example", with);
    EXPECT_EQ(result.error, std::errc::connection_refused);
    ASSERT_EQ(result.report.attempts.size(), 4U) << result.report.to_table();
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_NE(result.report.attempts[i].peer.family(),
                  result.report.attempts[i - 1].peer.family());
    }
}

TEST_P(connecting, waits_a_little_for_the_better_family) {
    hosts_["late.example"] = {.v6 = {here_v6}, .v4 = {here_v4}, .v6_delay = 20ms};
    auto patient = options();
    patient.resolution_delay = 60s;
    const auto waited = connect("late.example", patient);
    EXPECT_EQ(waited.stream.peer_endpoint().family(), net::family::inet6);
    hosts_["later.example"] = {.v6 = {here_v6}, .v4 = {here_v4}, .v6_delay = 1h};
    const auto result = connect("later.example");
    EXPECT_EQ(result.stream.peer_endpoint().family(), net::family::inet);
    EXPECT_GE(result.report.took, 50ms);
    ASSERT_EQ(result.report.lookups.size(), 2U);
    EXPECT_EQ(result.report.lookups[0].error, std::errc::operation_canceled);
}

TEST_P(connecting, one_deadline_in_every_phase) {
    hosts_["mute.example"] = {.silent = true};
    hosts_["hole.example"] = {.v6 = {net::address::parse(silent_v6)},
                              .v4 = {net::address::parse(silent_v4)}};
    auto with = options();
    with.timeout = 60ms;
    for (const char* name : {"mute.example", "hole.example"}) {
        const auto begin = clock_type::now();
        const auto result = connect(name, with);
        EXPECT_EQ(result.error, std::errc::timed_out) << name;
        EXPECT_FALSE(result.stream.is_open());
        EXPECT_GE(clock_type::now() - begin, 60ms);
        EXPECT_LT(clock_type::now() - begin, 30s);
    }
    try {
        run(io::connect({"mute.example", port_}, with));
        FAIL();
    } catch (const net::connect_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("the look-up did not end"));
    }
}

io::task<std::error_code> cancelled_after(std::chrono::milliseconds span, net::host_port peer,
                                          io::connect_options with) {
    try {
        co_await io::timeout(span, io::connect(std::move(peer), with));
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("connect "));
        co_return error.code();
    }
    co_return std::error_code{};
}

TEST_P(connecting, ends_when_cancelled_in_every_phase_and_leaves_nothing_open) {
    hosts_["mute.example"] = {.silent = true};
    hosts_["slow.example"] = {.v4 = {net::address::parse(silent_v4)}, .v6_delay = 1h};
    hosts_["hole.example"] = {.v6 = {net::address::parse(silent_v6)},
                              .v4 = {net::address::parse(silent_v4)}};
    const std::size_t before = descriptors();
    for (const char* name : {"mute.example", "slow.example", "hole.example"}) {
        for (const auto span : {0ms, 1ms, 30ms, 80ms, 300ms}) {
            EXPECT_EQ(run(cancelled_after(span, {name, port_}, options())), std::errc::timed_out)
                << name << ' ' << span.count();
        }
    }
    EXPECT_EQ(descriptors(), before);
}

TEST_P(connecting, unknown_name_is_an_error_of_names) {
    const auto result = connect("nobody.example");
    EXPECT_EQ(result.error, net::name_errc::no_name);
    EXPECT_EQ(result.report.lookups.size(), 2U);
    try {
        run(io::connect({"nobody.example", port_}, options()));
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("look up host \"nobody.example\""));
    }
}

TEST_P(connecting, from_an_address_and_a_port_of_ones_own) {
    hosts_["www.example"] = {.v6 = {here_v6}, .v4 = {here_v4}};
    auto with = options();
    with.source = "127.0.0.9"_ip;
    with.local_port = 40999;
    const auto result = connect("www.example", with);
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(result.stream.local_endpoint().to_string(), "127.0.0.9:40999");
    with.family = net::family::inet6;
    EXPECT_THROW(connect("www.example", with), std::invalid_argument);
}

TEST_P(connecting, with_settings_of_ones_own) {
    hosts_["www.example"] = {.v4 = {here_v4}};
    auto with = options();
    with.settings.set(net::option::ip::tos{0x10}).set(net::option::mark{7});
    const auto result = connect("www.example", with);
    ASSERT_FALSE(result.error) << result.report.to_table();
    EXPECT_EQ(result.stream.get<net::option::ip::tos>().value, 0x10);
    EXPECT_EQ(result.stream.get<net::option::mark>().value, 7);
    with.settings.set(net::option::bind_to_device{"nosuch"});
    EXPECT_EQ(connect("www.example", with).error, std::errc::no_such_device);
}

TEST_P(connecting, only_where_one_may) {
    hosts_["inner.example"] = {.v6 = {here_v6}, .v4 = {here_v4, "127.0.0.2"_ip}};
    auto with = options();
    with.admit = &net::address::is_global;
    for (const char* host :
         {"inner.example", "127.1", "0x7f.1", "2130706433", "::ffff:127.0.0.1", "0.0.0.0",
          "10.0.0.1", "169.254.169.254", "100.64.0.1", "fd00::1", "64:ff9b::7f00:1"}) {
        const auto result = connect(host, with);
        EXPECT_EQ(result.error, std::errc::permission_denied) << host;
        EXPECT_FALSE(result.report.attempts.empty()) << host;
        for (const auto& each : result.report.attempts)
            EXPECT_EQ(each.error, std::errc::permission_denied) << each.peer;
    }
    with.admit = [](const net::address& ip) { return ip == here_v4; };
    EXPECT_EQ(connect("inner.example", with).stream.peer_endpoint(), net::endpoint(here_v4, port_));
}

/// A name server that says something harmless first (DNS rebinding): what counts is whom the
/// connection goes to.
TEST_P(connecting, only_where_one_may_whatever_a_name_stood_for_before) {
    auto with = options();
    with.admit = [](const net::address& ip) { return ip != here_v4; };
    hosts_["turning.example"] = {.v6 = {here_v6}};
    EXPECT_FALSE(connect("turning.example", with).error);
    {
        const std::lock_guard lock(changing_);
        hosts_["turning.example"] = {.v4 = {here_v4}};
    }
    io::resolver forgetful({.servers = {server_->where()}, .hosts_file = false, .search = false});
    with.resolver = &forgetful;
    EXPECT_EQ(connect("turning.example", with).error, std::errc::permission_denied);
}

TEST_P(connecting, names_of_ones_own_come_first) {
    hosts_["www.example"] = {.v4 = {"127.0.0.2"_ip}};
    io::resolver names({.servers = {server_->where()},
                        .hosts = {{.host = "WWW.example", .addresses = {here_v4}}}});
    auto with = options();
    with.resolver = &names;
    EXPECT_FALSE(connect("www.example", with).error);
    EXPECT_EQ(server_->asked(), 0);
}

TEST_P(connecting, report_is_a_table_or_json) {
    hosts_["www.example"] = {.v4 = {"127.0.0.2"_ip, here_v4}};
    const auto result = connect("www.example");
    const std::string table = result.report.to_table();
    EXPECT_THAT(table, HasSubstr("www.example:" + std::to_string(port_) + ": connected after "));
    EXPECT_THAT(table, HasSubstr("look up A of www.example: 2 addresses"));
    EXPECT_THAT(table,
                HasSubstr("connect 127.0.0.2:" + std::to_string(port_) + ": Connection refused"));
    EXPECT_THAT(result.report.to_json(), HasSubstr("\"phase\": \"connect\""));
}

io::task<> connect_from(net::endpoint from, net::endpoint to) {
    io::stream made = co_await io::connect(to, from);
    co_await io::sleep(1ms);
}

io::task<> connect_to_both(net::endpoint from, net::endpoint one, net::endpoint other) {
    co_await io::all(connect_from(from, one), connect_from(from, other));
}

TEST_P(connecting, one_local_port_serves_connections_to_several_addresses) {
    net::socket one = net::create_server(net::endpoint::parse("127.0.0.1:0"));
    net::socket other = net::create_server(net::endpoint::parse("127.0.0.1:0"));
    net::endpoint from;
    {
        net::socket free = net::create_server(net::endpoint::parse("127.0.0.1:0"));
        from = free.local_endpoint();
    }
    run(connect_to_both(from, one.local_endpoint(), other.local_endpoint()));
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(connecting);

}  // namespace
