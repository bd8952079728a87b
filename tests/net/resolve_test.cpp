// SPDX-License-Identifier: MIT
#include "zocalo/net/resolve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

#include "zocalo/net/host_port.hpp"

namespace zocalo::net {
namespace {

using literals::operator""_ip;
using testing::AllOf;
using testing::HasSubstr;

/// The error and the message of a look-up that must fail.
std::system_error failure_of(std::string_view host, std::string_view service,
                             const lookup_hints& hints = {}) {
    try {
        (void)getaddrinfo(host, service, hints);
    } catch (const std::system_error& error) {
        return error;
    }
    return {std::error_code(), "nothing was thrown"};
}

TEST(getaddrinfo, gives_every_type_of_socket_unless_told_which) {
    std::set<type> types;
    for (const resolved& one : getaddrinfo("127.0.0.1", "80")) {
        EXPECT_EQ(one.family, family::inet);
        EXPECT_EQ(one.endpoint, endpoint("127.0.0.1"_ip, 80));
        types.insert(one.type);
    }
    EXPECT_EQ(types, (std::set{type::stream, type::datagram, type::raw}));

    const auto streams = getaddrinfo("127.0.0.1", "80", {.type = type::stream});
    ASSERT_EQ(streams.size(), 1U);
    EXPECT_EQ(streams[0].protocol, protocol::tcp);
    const auto udp = getaddrinfo("127.0.0.1", "80", {.protocol = protocol::udp});
    ASSERT_EQ(udp.size(), 1U);
    EXPECT_EQ(udp[0].type, type::datagram);
}

TEST(getaddrinfo, a_service_belongs_to_a_type) {
    EXPECT_EQ(getaddrinfo("::1", "http", {.type = type::stream})[0].endpoint.port(), 80);
    EXPECT_EQ(getaddrinfo("::1", "syslog", {.type = type::datagram})[0].endpoint.port(), 514);
    EXPECT_EQ(failure_of("::1", "no-such-service", {.type = type::stream}).code(),
              name_errc::service);
    EXPECT_EQ(failure_of("::1", "http", {.flags = lookup_flag::numeric_service}).code(),
              name_errc::no_name);
}

TEST(getaddrinfo, without_a_host_it_is_this_machine_or_any_address) {
    const lookup_hints v6{.family = family::inet6, .type = type::stream};
    EXPECT_EQ(getaddrinfo("", "80", v6)[0].endpoint.ip(), "::1"_ip);
    lookup_hints passive = v6;
    passive.flags = lookup_flag::passive;
    EXPECT_EQ(getaddrinfo("", "80", passive)[0].endpoint.ip(), "::"_ip);
    passive.family = family::inet;
    EXPECT_EQ(getaddrinfo("", "80", passive)[0].endpoint.ip(), "0.0.0.0"_ip);
    EXPECT_EQ(failure_of("", "").code(), name_errc::no_name);
}

TEST(getaddrinfo, keeps_to_the_family) {
    EXPECT_EQ(failure_of("::1", "", {.family = family::inet}).code(), name_errc::address_family);
    EXPECT_EQ(failure_of("::1", "", {.family = family::vsock}).code(), name_errc::family);
    const lookup_hints mapped{.family = family::inet6,
                              .type = type::stream,
                              .flags = lookup_flag::v4_mapped | lookup_flag::all};
    EXPECT_EQ(getaddrinfo("127.0.0.1", "80", mapped)[0].endpoint.ip(), "::ffff:127.0.0.1"_ip);
}

TEST(getaddrinfo, keeps_the_scope_of_an_address) {
    const auto found = getaddrinfo("fe80::1%lo", "80", {.type = type::stream});
    EXPECT_EQ(found[0].endpoint.ip(), "fe80::1"_ip.with_scope(1));
    EXPECT_EQ(failure_of("fe80::1%no-such-card", "80").code(), name_errc::no_name);
    // Behind an address that needs none, the system itself takes numbers only.
    const auto named = getaddrinfo("::1%lo", "80", {.type = type::stream});
    EXPECT_EQ(named[0].endpoint.ip(), "::1"_ip.with_scope(1));
    EXPECT_EQ(failure_of("::1%no-such-card", "80").code(), name_errc::no_name);
}

TEST(getaddrinfo, tells_the_canonical_name_when_asked_and_once) {
    const auto asked = getaddrinfo("localhost", "80", {.flags = lookup_flag::canonical_name});
    EXPECT_EQ(asked[0].canonical_name, "localhost");
    for (std::size_t i = 1; i < asked.size(); ++i)
        EXPECT_EQ(asked[i].canonical_name, "");
    EXPECT_EQ(getaddrinfo("localhost", "80")[0].canonical_name, "");
}

TEST(getaddrinfo, errors_name_host_and_service_and_hold_no_escapes) {
    const auto numeric = failure_of("localhost", "http", {.flags = lookup_flag::numeric_host});
    EXPECT_EQ(numeric.code(), name_errc::no_name);
    EXPECT_THAT(numeric.what(), AllOf(HasSubstr("\"localhost\""), HasSubstr("\"http\"")));
    const auto hostile = failure_of("\x1b[31m", "\x1b[0m", {.flags = lookup_flag::numeric_host});
    EXPECT_THAT(hostile.what(), testing::Not(HasSubstr("\x1b")));
    const auto endless =
        failure_of(std::string(100'000, 'a'), "80", {.flags = lookup_flag::numeric_host});
    EXPECT_LT(std::string(endless.what()).size(), 1000U);
}

TEST(name_category, is_apart_from_the_systems_errors) {
    const std::error_code code = name_errc::again;
    EXPECT_EQ(code.category(), name_category());
    EXPECT_NE(code, std::errc::resource_unavailable_try_again);
    EXPECT_NE(code.message(), std::error_code(name_errc::failure).message());
}

TEST(host_port, stands_for_every_spelling_of_a_host) {
    const auto ip_of = [](const host_port& where) {
        return where.resolve(family::inet, type::stream).ip();
    };
    for (const char* host : {"127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"})
        EXPECT_EQ(ip_of({host, 80}), "127.0.0.1"_ip) << host;
    EXPECT_EQ(ip_of({2130706433, 80}), "127.0.0.1"_ip);
    EXPECT_EQ(ip_of({"", 80}), "0.0.0.0"_ip);
    EXPECT_EQ(ip_of({"<broadcast>", 80}), "255.255.255.255"_ip);
    EXPECT_EQ(host_port("", 80).resolve(family::inet6, type::stream).ip(), "::"_ip);
}

TEST(host_port, prints_as_it_was_written) {
    std::ostringstream out;
    out << host_port("example.org", "http") << ' ' << host_port("::1", 80);
    EXPECT_EQ(out.str(), "example.org:http [::1]:80");
}

TEST(host_port, reads_what_it_prints) {
    for (const char* text :
         {"localhost:http", "192.0.2.1:80", "[2001:db8::1%lo]:80", ":80", "<broadcast>:6667"}) {
        EXPECT_EQ(host_port::parse(text).to_string(), text);
    }
    EXPECT_EQ(host_port::parse("[::1]:80").host(), "::1");
    EXPECT_EQ(host_port("[::1]", 80).resolve(family::inet6, type::stream).to_string(), "[::1]:80");
    EXPECT_EQ(host_port("[name]", 80).host(), "[name]") << "no address, so nothing to take off";
    for (const char* text : {"", "localhost", "::1:80", "[::1]", "[::1", "a:b:80", "[a]:80",
                             "host:", "[::1]80", "]:80"}) {
        EXPECT_THROW((void)host_port::parse(text), std::invalid_argument) << text;
    }
}

TEST(host_port, refuses_what_has_no_hosts_and_numbers_out_of_range) {
    EXPECT_THROW((void)host_port("x", 80).resolve(family::local, type::stream),
                 std::invalid_argument);
    EXPECT_THROW(host_port("127.0.0.1", 65536), std::invalid_argument);
    EXPECT_THROW(host_port("127.0.0.1", -1), std::invalid_argument);
    EXPECT_THROW(host_port(std::int64_t{1} << 32, 80), std::invalid_argument);
    EXPECT_THROW(host_port(-1, 80), std::invalid_argument);
}

TEST(host_port, all_endpoints_come_once_and_of_the_family) {
    const auto found = host_port("localhost", 80).resolve_all(family::inet, type::stream);
    EXPECT_THAT(found, testing::ElementsAre(endpoint("127.0.0.1"_ip, 80)));
}

}  // namespace
}  // namespace zocalo::net
