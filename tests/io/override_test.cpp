// SPDX-License-Identifier: MIT
#include "zocalo/io/override.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/name_service.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using zocalo::net::literals::operator""_ip;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;

TEST(host_override, is_written_as_for_curl) {
    const auto one = io::host_override::parse("example.org:443:192.0.2.1");
    EXPECT_EQ(one, (io::host_override{"example.org", {"192.0.2.1"_ip}, 443}));
    const auto both = io::host_override::parse("*:80:192.0.2.1,[2001:db8::1],::1");
    EXPECT_TRUE(both.is_for_all());
    EXPECT_THAT(both.addresses, ElementsAre("192.0.2.1"_ip, "2001:db8::1"_ip, "::1"_ip));
    EXPECT_EQ(io::host_override::parse("a:1:::1").addresses.at(0), "::1"_ip);
    for (const char* wrong :
         {"", ":", "a", "a:80", ":80:192.0.2.1", "a:0:192.0.2.1", "a:65536:192.0.2.1",
          "a:http:192.0.2.1", "a:80:", "a:80:b", "a:80:192.0.2.1,", "a:80:,192.0.2.1",
          "[a:80:192.0.2.1", "a::192.0.2.1", "-a:80"}) {
        EXPECT_THROW((void)io::host_override::parse(wrong), std::invalid_argument) << wrong;
    }
}

TEST(host_override, of_the_name_itself_comes_first) {
    std::vector<io::host_override> all;
    for (const char* each : {"*:80:192.0.2.1", "a:80:192.0.2.2", "A.:443:192.0.2.3"})
        all.push_back(io::host_override::parse(each));
    EXPECT_THAT(io::overridden("a", 80, all), ElementsAre("192.0.2.2"_ip));
    EXPECT_THAT(io::overridden("a.", 443, all), ElementsAre("192.0.2.3"_ip));
    EXPECT_THAT(io::overridden("b", 80, all), ElementsAre("192.0.2.1"_ip));
    EXPECT_THAT(io::overridden("b", 443, all), ElementsAre());
    EXPECT_THAT(io::overridden("a", 0, all), ElementsAre());
    all.push_back({.host = "a", .addresses = {"192.0.2.4"_ip}});
    EXPECT_THAT(io::overridden("a", 0, all), ElementsAre("192.0.2.4"_ip));
    EXPECT_THAT(io::overridden("a", 80, all), ElementsAre("192.0.2.2"_ip, "192.0.2.4"_ip));
}

TEST(connect_override, is_written_as_for_curl) {
    EXPECT_EQ(io::connect_override::parse("a:80:b:8080"),
              (io::connect_override{"a", 80, "b", 8080}));
    EXPECT_EQ(io::connect_override::parse(":::"), io::connect_override());
    EXPECT_EQ(io::connect_override::parse("[::1]::[2001:db8::2]:"),
              (io::connect_override{"::1", 0, "2001:db8::2", 0}));
    for (const char* wrong : {"", "a", "a:80", "a:80:b", "a:x:b:80", "a:80:b:x", "a:80:b:0",
                              "[::1:80:b:80", "a:80:b:80:"}) {
        EXPECT_THROW((void)io::connect_override::parse(wrong), std::invalid_argument) << wrong;
    }
}

std::string target(const net::host_port& peer, std::vector<std::string> exceptions) {
    std::vector<io::connect_override> all;
    for (const std::string& each : exceptions)
        all.push_back(io::connect_override::parse(each));
    return io::redirected(peer, all).to_string();
}

TEST(connect_override, first_that_fits_says_whom_to_connect_to) {
    EXPECT_EQ(target({"a.example", 80}, {}), "a.example:80");
    EXPECT_EQ(target({"a.example", 80}, {"b.example:80:c:1"}), "a.example:80");
    EXPECT_EQ(target({"a.example", 80}, {"a.example:81:c:1"}), "a.example:80");
    EXPECT_EQ(target({"A.Example.", 80}, {"a.example:80:c:1", "a.example:80:d:2"}), "c:1");
    EXPECT_EQ(target({"a.example", "http"}, {"a.example:80:c:1"}), "c:1");
    EXPECT_EQ(target({"a.example", "http"}, {"a.example::c:"}), "c:http");
    EXPECT_EQ(target({"a.example", 80}, {":80::8080"}), "a.example:8080");
    EXPECT_EQ(target({"a.example", 80}, {":::"}), "a.example:80");
    EXPECT_EQ(target({"0:0::1", 80}, {"[::1]:80:[::2]:1"}), "[::2]:1");
    EXPECT_EQ(target({"b\xC3\xBC"
                      "cher.example",
                      80},
                     {"xn--bcher-kva.example:80:c:1"}),
              "c:1");
    // What it names is not looked for again.
    EXPECT_EQ(target({"a", 1}, {"a:1:b:1", "b:1:a:1"}), "b:1");
}

class overrides : public zocalo::tests::in_every_world {};

/// Whether a name is connected to the listener that stands at `port` of this machine.
io::task<bool> reaches(std::string name, io::resolver_options names, std::string redirect,
                       std::uint16_t asked_port) {
    const net::endpoint anywhere(net::address::loopback_v4(), 0);
    io::listener listener = co_await io::listen(anywhere);
    const std::uint16_t port = listener.local_endpoint().port();
    if (asked_port == 0) asked_port = port;
    for (io::host_override& each : names.hosts) {
        if (each.port == 1) each.port = port;
    }
    io::resolver resolver(std::move(names));
    io::connect_options with;
    with.timeout = 20s;
    with.resolver = &resolver;
    if (!redirect.empty()) {
        with.exceptions.push_back(
            io::connect_override::parse(redirect + ':' + std::to_string(port)));
    }
    const net::host_port where(name, asked_port);
    const io::connect_result made = co_await io::try_connect(where, std::move(with));
    co_return !made.error && made.stream.peer_endpoint().port() == port;
}

TEST_P(overrides, name_an_address_for_one_port_or_all) {
    const std::vector<net::address> here{net::address::loopback_v4()};
    const auto known = [&](const char* host, std::uint16_t port) {
        return io::resolver_options{.search = false, .hosts = {{host, here, port}}};
    };
    EXPECT_TRUE(run(reaches("a.invalid", known("a.invalid", 0), "", 0)));
    EXPECT_TRUE(run(reaches("a.invalid", known("A.Invalid.", 1), "", 0)));
    EXPECT_TRUE(run(reaches("a.invalid", known("*", 1), "", 0)));
}

TEST_P(overrides, change_whom_to_connect_to) {
    EXPECT_TRUE(run(reaches("a.invalid", {}, "a.invalid:7:127.0.0.1", 7)));
    EXPECT_TRUE(run(reaches("192.0.2.1", {}, "::127.0.0.1", 7)));
}

/// Knows names that end in "own" and counts who asks.
class own_names final : public io::name_service {
 public:
    [[nodiscard]] bool takes(std::string_view name) const override { return name.ends_with("own"); }
    io::task<dns::answer> ask(std::string name, dns::type which) override {
        ++asked;
        co_await io::sleep(1ms);
        if (name == "broken.own") throw std::system_error(net::name_errc::again, "no registry");
        if (name == "hangs.own") co_await io::sleep(1h);
        std::vector<net::address> known;
        if (name == "a.own") known = {"192.0.2.7"_ip, "2001:db8::7"_ip};
        co_return dns::answer_with(name, which, known, 60s);
    }
    int asked = 0;
};

class services : public zocalo::tests::in_every_world {
 protected:
    io::resolver_options options() const { return {.services = {own_}, .search = false}; }
    std::shared_ptr<own_names> own_ = std::make_shared<own_names>();
};

TEST_P(services, are_asked_instead_of_name_servers) {
    io::resolver names(options());
    EXPECT_THAT(run(names.addresses("A.own.")),
                testing::UnorderedElementsAre("192.0.2.7"_ip, "2001:db8::7"_ip));
    EXPECT_EQ(own_->asked, 2);
    EXPECT_THAT(run(names.addresses("a.own", net::family::inet)), ElementsAre("192.0.2.7"_ip));
    EXPECT_EQ(own_->asked, 2);  // it is remembered
    EXPECT_EQ(run(names.ask("a.own", dns::type::mx)).status, dns::status::no_data);
}

TEST_P(services, failures_and_silence_are_those_of_names) {
    io::resolver names(options());
    const auto code_of = [&](const char* host) {
        try {
            (void)run(names.addresses(host));
        } catch (const std::system_error& error) {
            return error.code();
        }
        return std::error_code();
    };
    EXPECT_EQ(code_of("b.own"), net::name_errc::no_name);
    EXPECT_EQ(code_of("broken.own"), net::name_errc::again);
    EXPECT_EQ(own_->asked, 4);  // nobody else was asked instead
}

TEST_P(services, end_with_a_time_out) {
    io::resolver names(options());
    try {
        (void)run(io::timeout(50ms, names.addresses("hangs.own")));
        FAIL() << "there is no such name";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
    }
}

TEST_P(services, serve_connections_too) {
    EXPECT_FALSE(run(reaches("b.own", options(), "", 0)));
    EXPECT_EQ(own_->asked, 2);
}

TEST(services, may_not_be_null) {
    EXPECT_THROW(io::resolver({.services = {nullptr}}), std::invalid_argument);
}

ZOCALO_IN_EVERY_WORLD(overrides);
ZOCALO_IN_EVERY_WORLD(services);

}  // namespace
