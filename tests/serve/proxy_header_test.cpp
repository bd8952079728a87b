// SPDX-License-Identifier: MIT
#include "zocalo/serve/proxy_header.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "zocalo/core/error.hpp"

namespace {

namespace net = zocalo::net;
namespace serve = zocalo::serve;
using serve::parse_proxy_header;
using serve::proxy_header;

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

/// Version 2: command, family, and the rest with its length.
std::string v2(int command, int family, const std::string& rest) {
    std::string bytes = signature;
    bytes += static_cast<char>(0x20 | command);
    bytes += static_cast<char>(family);
    bytes += static_cast<char>(rest.size() >> 8);
    bytes += static_cast<char>(rest.size() & 0xFF);
    return bytes + rest;
}

const std::string tcp4("\xC0\x00\x02\x01\xC6\x33\x64\x02\x12\x67\x01\xBB", 12);

proxy_header read(const std::string& bytes) {
    const auto parsed = parse_proxy_header(bytes);
    EXPECT_TRUE(parsed) << bytes;
    if (!parsed) return {};
    EXPECT_EQ(parsed->size, bytes.size());
    return parsed->header;
}

void expect_refused(const std::string& bytes) {
    EXPECT_THROW(static_cast<void>(parse_proxy_header(bytes)), zocalo::protocol_error) << bytes;
}

TEST(proxy_header_v1, says_both_addresses) {
    const proxy_header four = read("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n");
    EXPECT_EQ(four.version, 1);
    EXPECT_FALSE(four.is_local);
    EXPECT_EQ(four.source, net::endpoint::parse("192.0.2.1:4711"));
    EXPECT_EQ(four.destination, net::endpoint::parse("198.51.100.2:443"));
    const proxy_header six = read("PROXY TCP6 2001:db8::1 ::1 65535 0\r\n");
    EXPECT_EQ(six.source, net::endpoint::parse("[2001:db8::1]:65535"));
    EXPECT_EQ(six.destination, net::endpoint::parse("[::1]:0"));
}

TEST(proxy_header_v1, may_know_nothing) {
    EXPECT_TRUE(read("PROXY UNKNOWN\r\n").is_local);
    EXPECT_TRUE(read("PROXY UNKNOWN what ever 1 2\r\n").is_local);
}

TEST(proxy_header_v1, ends_where_the_client_begins) {
    const auto parsed = parse_proxy_header("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->size, 15);
}

TEST(proxy_header_v1, is_strict) {
    for (const char* const bad : {
             "PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\n",
             "PROXY TCP4  192.0.2.1 198.51.100.2 4711 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 4711 443 \r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 4711\r\n",
             "PROXY TCP4 192.0.2.01 198.51.100.2 4711 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 04711 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n",
             "PROXY TCP4 ::1 ::1 4711 443\r\n",
             "PROXY TCP6 192.0.2.1 198.51.100.2 4711 443\r\n",
             "PROXY TCP6 fe80::1%1 ::1 4711 443\r\n",
             "PROXY UDP4 192.0.2.1 198.51.100.2 4711 443\r\n",
             "PROXY \r\n",
             "proxy TCP4 192.0.2.1 198.51.100.2 4711 443\r\n",
             "GET / HTTP/1.1\r\n",
         })
        expect_refused(bad);
}

TEST(proxy_header_v1, has_107_bytes_at_most) {
    const std::string longest = "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n";
    EXPECT_TRUE(read(longest).is_local);
    expect_refused("PROXY UNKNOWN " + std::string(93, 'x'));
    EXPECT_FALSE(parse_proxy_header("PROXY UNKNOWN " + std::string(92, 'x')));
}

TEST(proxy_header_v2, says_both_addresses) {
    const proxy_header four = read(v2(1, 0x11, tcp4));
    EXPECT_EQ(four.version, 2);
    EXPECT_EQ(four.source, net::endpoint::parse("192.0.2.1:4711"));
    EXPECT_EQ(four.destination, net::endpoint::parse("198.51.100.2:443"));
    EXPECT_FALSE(four.is_datagram);
    EXPECT_TRUE(read(v2(1, 0x12, tcp4)).is_datagram);
    const std::string loopback = std::string(15, '\0') + '\1';
    const proxy_header six = read(v2(1, 0x21, loopback + loopback + std::string("\0\1\0\2", 4)));
    EXPECT_EQ(six.source, net::endpoint::parse("[::1]:1"));
    EXPECT_EQ(six.destination, net::endpoint::parse("[::1]:2"));
}

TEST(proxy_header_v2, says_unix_addresses) {
    std::string from = "/run/client";
    std::string to = std::string(1, '\0') + "name";
    from.resize(108);
    to.resize(108);
    const proxy_header local = read(v2(1, 0x31, from + to));
    EXPECT_EQ(local.source, net::endpoint::local("/run/client"));
    EXPECT_EQ(local.destination, net::endpoint::abstract("name"));
    expect_refused(v2(1, 0x31, std::string(108, 'x') + to));
}

TEST(proxy_header_v2, may_speak_for_the_proxy_itself) {
    EXPECT_TRUE(read(v2(0, 0x00, "")).is_local);
    EXPECT_TRUE(read(v2(0, 0x11, tcp4)).is_local);
    EXPECT_EQ(read(v2(0, 0x11, tcp4)).source, net::endpoint());
    EXPECT_TRUE(read(v2(0, 0x77, "anything")).is_local);
    EXPECT_TRUE(read(v2(1, 0x00, "")).is_local);
}

TEST(proxy_header_v2, has_fields) {
    const std::string fields(
        "\x02\x00\x07"
        "a.b.org"
        "\x05\x00\x02"
        "id",
        15);
    const proxy_header header = read(v2(1, 0x11, tcp4 + fields));
    EXPECT_EQ(header.find(proxy_header::authority), "a.b.org");
    EXPECT_EQ(header.find(proxy_header::unique_id), "id");
    EXPECT_FALSE(header.find(proxy_header::alpn));
    expect_refused(v2(1, 0x11, tcp4 + std::string("\x02\x00", 2)));
    expect_refused(v2(1, 0x11,
                      tcp4 + std::string("\x02\x00\x05"
                                         "abcd",
                                         7)));
}

TEST(proxy_header_v2, has_a_checksum_that_is_checked) {
    proxy_header header;
    header.source = net::endpoint::parse("192.0.2.1:4711");
    header.destination = net::endpoint::parse("198.51.100.2:443");
    header.fields = {{proxy_header::authority, "a.org"}, {proxy_header::checksum, "four"}};
    std::string bytes = serve::to_bytes(header);
    EXPECT_EQ(read(bytes).find(proxy_header::authority), "a.org");
    for (const std::size_t place : {16U, 30U, 40U}) {
        std::string wrong = bytes;
        wrong[place] = static_cast<char>(wrong[place] ^ 1);
        expect_refused(wrong);
    }
}

TEST(proxy_header_v2, has_limits) {
    expect_refused(v2(1, 0x11, tcp4 + std::string(5000, '\0')));
    const std::string nothing("\x04\x00\x00", 3);
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += nothing;
    expect_refused(v2(1, 0x11, tcp4 + many));
    EXPECT_TRUE(parse_proxy_header(v2(1, 0x11, tcp4 + many), {.fields = 65}));
    EXPECT_THROW(static_cast<void>(parse_proxy_header(v2(1, 0x11, tcp4), {.bytes = 20})),
                 zocalo::protocol_error);
}

TEST(proxy_header_v2, is_strict) {
    expect_refused(v2(2, 0x11, tcp4));
    expect_refused(v2(1, 0x13, tcp4));
    expect_refused(v2(1, 0x41, tcp4));
    expect_refused(v2(1, 0x11, tcp4.substr(1)));
    std::string version3 = v2(1, 0x11, tcp4);
    version3[12] = '\x31';
    expect_refused(version3);
}

TEST(proxy_headers, come_in_pieces) {
    for (const std::string& whole :
         {std::string("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n"), v2(1, 0x11, tcp4)}) {
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(parse_proxy_header(whole.substr(0, size))) << size;
    }
}

TEST(proxy_headers, are_written_as_they_are_read) {
    for (const std::string& bytes : {
             std::string("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n"),
             std::string("PROXY TCP6 2001:db8::1 ::1 65535 1\r\n"),
             std::string("PROXY UNKNOWN\r\n"),
             v2(1, 0x11, tcp4),
             v2(1, 0x12, tcp4),
             v2(0, 0x00, ""),
         })
        EXPECT_EQ(serve::to_bytes(read(bytes)), bytes);
}

TEST(proxy_headers, that_cannot_be_said_are_refused) {
    const auto refused = [](const proxy_header& header) {
        EXPECT_THROW(static_cast<void>(serve::to_bytes(header)), std::invalid_argument);
    };
    const auto four = net::endpoint::parse("192.0.2.1:1");
    const auto six = net::endpoint::parse("[::1]:1");
    refused({.source = four, .destination = six});
    refused({.version = 3, .source = four, .destination = four});
    refused({.version = 1, .source = net::endpoint::local("/run/x")});
    refused({.version = 1,
             .source = four,
             .destination = four,
             .fields = {{proxy_header::authority, "a.org"}}});
    refused({.source = four, .destination = four, .fields = {{4, std::string(65536, 'x')}}});
}

}  // namespace
