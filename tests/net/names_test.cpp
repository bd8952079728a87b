// SPDX-License-Identifier: MIT
#include "zocalo/net/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "zocalo/net/idna.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/services.hpp"

namespace zocalo::net {
namespace {

using literals::operator""_ip;

/// The message of what `call` throws, which is an Exception.
template <class Exception, class Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const Exception& e) {
        return e.what();
    }
    return "nothing was thrown";
}

TEST(getnameinfo, knows_loopback_and_services) {
    const auto found = getnameinfo({"127.0.0.1"_ip, 80});
    EXPECT_EQ(found, (host_and_service{"localhost", "http"}));
    const auto numbers =
        getnameinfo({"::1"_ip, 80}, name_flag::numeric_host | name_flag::numeric_service);
    EXPECT_EQ(numbers, (host_and_service{"::1", "80"}));
    EXPECT_EQ(getnameinfo({"127.0.0.1"_ip, 514}, name_flag::numeric_host).service, "shell");
    EXPECT_EQ(
        getnameinfo({"127.0.0.1"_ip, 514}, name_flag::numeric_host | name_flag::datagram).service,
        "syslog");
}

TEST(getnameinfo, errors_name_the_endpoint) {
    const auto message =
        message_of<std::system_error>([] { (void)getnameinfo(endpoint(vsock_address{2, 3})); });
    EXPECT_EQ(message, "look up the name of vsock:2:3: ai_family not supported");
}

TEST(gethostbyname, takes_every_form_of_a_host) {
    for (const char* host : {"localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1"})
        EXPECT_EQ(gethostbyname(host), "127.0.0.1"_ip) << host;
    EXPECT_EQ(gethostbyname("<broadcast>"), "255.255.255.255"_ip);
    EXPECT_EQ(gethostbyname(""), "0.0.0.0"_ip);
}

TEST(gethostbyname_ex, lists_addresses) {
    const auto entry = gethostbyname_ex("localhost");
    EXPECT_EQ(entry.name, "localhost");
    EXPECT_THAT(entry.addresses, testing::Contains("127.0.0.1"_ip));
}

TEST(gethostbyaddr, finds_names_of_both_families) {
    EXPECT_EQ(gethostbyaddr("127.0.0.1"_ip).name, "localhost");
    EXPECT_EQ(gethostbyaddr("127.0.0.1").addresses, std::vector{"127.0.0.1"_ip});
    const auto message = message_of<std::system_error>([] { (void)gethostbyname_ex("a.invalid"); });
    EXPECT_THAT(message, testing::StartsWith("look up host \"a.invalid\": "));
}

TEST(gethostname, is_what_the_kernel_says) {
    char name[256] = {};
    ASSERT_EQ(::gethostname(name, sizeof name), 0);
    EXPECT_EQ(gethostname(), name);
}

TEST(sethostname, refuses_what_the_kernel_could_not_hold) {
    EXPECT_THAT(message_of<std::invalid_argument>([] { sethostname(std::string(65, 'a')); }),
                testing::EndsWith("longer than 64 bytes"));
    EXPECT_EQ(message_of<std::invalid_argument>([] { sethostname(std::string_view("a\0b", 3)); }),
              "host name \"a\\x00b\": has a NUL in it");
}

TEST(getfqdn, never_fails_for_unknown_names) {
    EXPECT_EQ(getfqdn("no-such.invalid"), "no-such.invalid");
    EXPECT_FALSE(getfqdn().empty());
    EXPECT_EQ(getfqdn(), getfqdn("0.0.0.0"));
}

TEST(services, are_found_both_ways) {
    EXPECT_EQ(getservbyname("http"), 80);
    EXPECT_EQ(getservbyname("syslog", "udp"), 514);
    EXPECT_EQ(getservbyport(443, "tcp"), "https");
    EXPECT_EQ(try_getservbyname("no-such-service"), std::nullopt);
    EXPECT_EQ(try_getservbyname("http", "no-such-protocol"), std::nullopt);
    EXPECT_THAT(message_of<std::system_error>([] { (void)getservbyname("nope\n", "tcp"); }),
                testing::StartsWith("look up service \"nope\\n\" of protocol \"tcp\": "));
}

TEST(services, ports_out_of_range_are_named) {
    const std::int64_t ports[] = {
        -1, 65536, (1LL << 31) - 1, 1LL << 31, 1LL << 32, (1LL << 32) + 80, INT64_MAX, INT64_MIN};
    for (const auto port : ports) {
        EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)getservbyport(port); }),
                  "port: " + std::to_string(port) + " is out of range");
    }
    EXPECT_THROW((void)getservbyport(UINT64_MAX), std::invalid_argument);
}

TEST(protocols, are_found_both_ways) {
    EXPECT_EQ(getprotobyname("icmp"), protocol::icmp);
    EXPECT_EQ(getprotobynumber(protocol::udp), "udp");
    EXPECT_EQ(try_getprotobyname("nope"), std::nullopt);
    EXPECT_EQ(try_getprotobynumber(static_cast<protocol>(-1)), std::nullopt);
    EXPECT_THAT(message_of<std::system_error>([] { (void)getprotobyname("nope"); }),
                testing::StartsWith("look up protocol \"nope\": "));
}

TEST(idna, maps_to_ascii_and_back) {
    EXPECT_EQ(idna_to_ascii("bücher.example"), "xn--bcher-kva.example");
    EXPECT_EQ(idna_to_ascii("BÜCHER.example"), "xn--bcher-kva.example");
    EXPECT_EQ(idna_to_ascii("straße.de"), "xn--strae-oqa.de")
        << "2003 and transitional say strasse";
    EXPECT_EQ(idna_to_ascii("日本語。jp"), "xn--wgv71a119e.jp");
    EXPECT_EQ(idna_to_ascii("Example.COM"), "example.com");
    EXPECT_EQ(idna_to_ascii("_dmarc.example"), "_dmarc.example");
    EXPECT_EQ(idna_to_unicode("xn--bcher-kva.example"), "bücher.example");
}

TEST(idna, refuses_and_names_what_breaks_a_rule) {
    for (const std::string host :
         {"\xff.example", "a\xCC\x88\xE2\x80\x8F.de", "xn--a.example", "１２７.０.０.１",
          "１２７.1", "ü..de", "a b.de", "a.de\r\nX: y", "a\tb", "ü\n.de",
          "a\xE3\x80\x80"
          "b.de"}) {
        const auto message = message_of<std::invalid_argument>([&] { (void)idna_to_ascii(host); });
        EXPECT_THAT(message, testing::StartsWith("host \"")) << host;
    }
    EXPECT_THROW((void)idna_to_ascii("ü" + std::string(70, 'a') + ".de"), std::invalid_argument);
    EXPECT_THROW((void)idna_to_ascii(std::string(100'000, 'a')), std::invalid_argument);
    EXPECT_THROW((void)idna_to_ascii(std::string_view("\xC3\xBC\0x", 4)), std::invalid_argument);
}

TEST(idna, is_used_by_look_ups) {
    EXPECT_THROW((void)getaddrinfo("１２７.０.０.１", "80"), std::invalid_argument);
    EXPECT_THROW((void)getaddrinfo("\xff", "80"), std::invalid_argument);
}

}  // namespace
}  // namespace zocalo::net
