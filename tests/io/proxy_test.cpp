// SPDX-License-Identifier: MIT
// Tunnels through proxies of the tests' own: what they are asked for, byte by byte, and what is
// made of what they say.
#include "zocalo/io/proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "io/worlds.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/io/unread.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::io {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::HasSubstr;
using kind = proxy::protocol;

/// What a proxy expects to hear, and what it answers then.
struct turn {
    std::string heard;
    std::string answer;
};

task<> play(stream line, std::vector<turn> script) {
    for (const turn& each : script) {
        std::string heard(each.heard.size(), '\0');
        heard.resize(co_await line.read_exactly(mutable_buffer(heard)));
        EXPECT_EQ(escaped(heard, 1000), escaped(each.heard, 1000));
        co_await line.write(const_buffer(each.answer));
    }
    // The other side may have heard enough, and be gone.
    try {
        co_await line.finish();
        const chunk rest = co_await line.read();
        EXPECT_EQ(rest.text(), "");
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("Connection reset"));
    }
}

/// What comes through the tunnel, or what went wrong.
task<std::string> listen_to(stream line, proxy through, std::string host, std::uint16_t port) try {
    stream tunnelled = co_await tunnel(std::move(line), std::move(through), host, port);
    std::string all(1000, '\0');
    all.resize(co_await tunnelled.read_exactly(mutable_buffer(all)));
    co_return all;
} catch (const net::stopped&) {
    throw;
} catch (const std::exception& error) {
    co_return "! "s + error.what();
}

class tunnels : public tests::in_every_world {
 protected:
    std::string ask(const proxy& through, std::vector<turn> script,
                    const std::string& host = "example.org", std::uint16_t port = 80) {
        return run(conversation(through, std::move(script), host, port));
    }
    static task<std::string> conversation(proxy through, std::vector<turn> script, std::string host,
                                          std::uint16_t port) {
        auto [ours, theirs] = stream::pair();
        auto [said, nothing] = co_await all(listen_to(std::move(ours), through, host, port),
                                            play(std::move(theirs), std::move(script)));
        co_return said;
    }
};
ZOCALO_IN_EVERY_WORLD(tunnels);

const std::string connect_text = "CONNECT example.org:80 HTTP/1.1\r\nHost: example.org:80\r\n";

TEST_P(tunnels, ask_an_http_proxy) {
    const proxy plain{.kind = kind::http, .host = "p"};
    EXPECT_EQ(ask(plain, {{connect_text + "\r\n", "HTTP/1.1 200 OK\r\n\r\nhello"}}), "hello");
    EXPECT_EQ(ask(plain, {{connect_text + "\r\n", "HTTP/1.0 200\r\nVia: p\r\n\r\n"}}), "");
    EXPECT_EQ(
        ask(plain, {{connect_text + "\r\n",
                     "HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 204 Go\r\nContent-Length: 9\r\n\r\nx"}}),
        "x");
    EXPECT_EQ(ask(plain,
                  {{"CONNECT [2001:db8::1]:25 HTTP/1.1\r\nHost: [2001:db8::1]:25\r\n\r\n",
                    "HTTP/1.1 200 OK\r\n\r\n220 mail"}},
                  "2001:db8::1", 25),
              "220 mail");
    proxy known = plain;
    known.user = "Aladdin";
    known.password = "open sesame";
    known.fields = {{"User-Agent", "zocalo"}};
    EXPECT_EQ(
        ask(known, {{connect_text + "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
                                    "User-Agent: zocalo\r\n\r\n",
                     "HTTP/1.1 200 OK\r\n\r\n"}}),
        "");
}

TEST_P(tunnels, tell_what_an_http_proxy_said) {
    const proxy plain{.kind = kind::http, .host = "p", .password = "secret"};
    const std::map<std::string, std::string> answers{
        {"HTTP/1.1 407 Who are you\r\n\r\n", "\"HTTP/1.1 407 Who are you\": Permission denied"},
        {"HTTP/1.1 502 Bad\x1b[2J\r\n\r\n", "\\x1b[2J\": No route to host"},
        {"HTTP/1.1 504 \r\n\r\n", "\"HTTP/1.1 504 \": Connection timed out"},
        {"HTTP/1.1 301 Moved\r\n\r\n", "Connection refused"},
        {"SSH-2.0-x\r\n\r\n", "which is no HTTP"},
        {"HTTP/1.1 2000\r\n\r\n", "which is no HTTP"},
        {"", "it closed the connection before it answered"},
        {"HTTP/1.1 200 OK\r\n", "the stream ended after 17 bytes"},
        {std::string(20000, 'x'), "more than 16384 bytes without"},
    };
    for (const auto& [answer, said] : answers) {
        const std::string got = ask(plain, {{connect_text + "\r\n", answer}});
        EXPECT_THAT(got, HasSubstr(said)) << escaped(answer, 100);
        EXPECT_TRUE(got.starts_with("! "));
    }
    std::string forever;
    for (int i = 0; i < 100; ++i)
        forever += "HTTP/1.1 100 Wait\r\n\r\n";
    EXPECT_THAT(ask(plain, {{connect_text + "\r\n", forever}}), HasSubstr("it keeps saying"));
}

TEST_P(tunnels, ask_a_socks_4_proxy) {
    const std::string yes("\0\x5A\0\0\0\0\0\0", 8);
    EXPECT_EQ(ask({.kind = kind::socks4, .host = "p", .user = "me"},
                  {{"\x04\x01\x00\x50\xC0\x00\x02\x01me\0"s, yes + "hello"}}, "192.0.2.1"),
              "hello");
    EXPECT_EQ(ask({.kind = kind::socks4a, .host = "p"},
                  {{"\x04\x01\x00\x50\0\0\0\x01\0example.org\0"s, yes + "hello"}}),
              "hello");
    const auto answered = [&](const std::string& bytes) {
        return ask({.kind = kind::socks4a, .host = "p"},
                   {{"\x04\x01\x00\x50\0\0\0\x01\0example.org\0"s, bytes}});
    };
    EXPECT_EQ(answered("\0\x5B\0\0\0\0\0\0"s),
              "! connect example.org:80 through socks4a://p:1080: it rejects the request, or could "
              "not: Connection refused");
    EXPECT_THAT(answered("\0\x5D\0\0\0\0\0\0"s), HasSubstr("it does not know this user"));
    EXPECT_THAT(answered("\0\x01\0\0\0\0\0\0"s), HasSubstr("its answer is number 1"));
    EXPECT_THAT(answered("\x05\x5A\0\0\0\0\0\0"s), HasSubstr("it does not speak SOCKS 4"));
    EXPECT_THAT(answered("\0\x5A\0"s), HasSubstr("it closed the connection"));
}

TEST_P(tunnels, ask_a_socks_5_proxy) {
    const std::string question = "\x05\x01\x00\x03\x0B"s + "example.org\x00\x50"s;
    const std::string yes = "\x05\0\0\x01\x7F\0\0\x01\x12\x34"s;
    EXPECT_EQ(ask({.kind = kind::socks5h, .host = "p"},
                  {{"\x05\x01\0"s, "\x05\0"s}, {question, yes + "hello"}}),
              "hello");
    EXPECT_EQ(ask({.kind = kind::socks5h, .host = "p", .user = "me", .password = "secret"},
                  {{"\x05\x02\0\x02"s, "\x05\x02"s},
                   {"\x01\x02me\x06secret", "\x01\0"s},
                   {question, "\x05\0\0\x03\x01x\x12\x34hello"s}}),
              "hello");
    EXPECT_EQ(ask({.kind = kind::socks5, .host = "p"},
                  {{"\x05\x01\0"s, "\x05\0"s},
                   {"\x05\x01\0\x04"s + std::string(15, '\0') + "\x01\0\x50"s,
                    "\x05\0\0\x04"s + std::string(18, '\0')}},
                  "::1"),
              "");
}

TEST_P(tunnels, tell_what_a_socks_5_proxy_said) {
    const std::string question = "\x05\x01\x00\x03\x0B"s + "example.org\x00\x50"s;
    const std::map<std::string, std::string> greetings{
        {"\x05\xFF", "it wants a user and a password: Permission denied"},
        {"\x05\x02", "a way to sign in that was not offered"},
        {"\x05\x01", "a way to sign in that was not offered"},
        {"HT", "it does not speak SOCKS 5"},
        {"\x05", "it closed the connection"}};
    for (const auto& [answer, said] : greetings) {
        EXPECT_THAT(ask({.kind = kind::socks5h, .host = "p"}, {{"\x05\x01\0"s, answer}}),
                    HasSubstr(said));
    }
    const std::map<std::string, std::string> replies{
        {"\x05\x05\0\x01\0\0\0\0\0\0"s, "it says: Connection refused"},
        {"\x05\x03\0\x01\0\0\0\0\0\0"s, "it says: Network is unreachable"},
        {"\x05\x02\0\x01\0\0\0\0\0\0"s, "its rules do not allow that: Permission denied"},
        {"\x05\x63\0\x01\0\0\0\0\0\0"s, "its reply is number 99"},
        {"\x05\0\0\x02\0\0\0\0\0\0"s, "an address of kind 2"},
        {"\x05\0\0\x01\0\0"s, "it closed the connection"},
        {"\x04\0\0\x01\0\0\0\0\0\0"s, "is not one of SOCKS 5"}};
    for (const auto& [answer, said] : replies) {
        EXPECT_THAT(ask({.kind = kind::socks5h, .host = "p"},
                        {{"\x05\x01\0"s, "\x05\0"s}, {question, answer}}),
                    HasSubstr(said));
    }
    const std::string wrong =
        ask({.kind = kind::socks5h, .host = "p", .user = "me", .password = "secret"},
            {{"\x05\x02\0\x02"s, "\x05\x02"s}, {"\x01\x02me\x06secret", "\x01\x01"}});
    EXPECT_EQ(wrong,
              "! connect example.org:80 through socks5h://me@p:1080: wrong user or password: "
              "Permission denied");
}

TEST_P(tunnels, are_asked_one_through_the_other) {
    const auto both = [](stream line, proxy first, proxy second) -> task<std::string> {
        line = co_await tunnel(std::move(line), first, "second", 1080);
        co_return co_await listen_to(std::move(line), second, "example.org", 80);
    };
    const auto chain = [&](std::vector<turn> script) -> task<std::string> {
        auto [ours, theirs] = stream::pair();
        const proxy first{.kind = kind::http, .host = "first"};
        const proxy second{.kind = kind::socks4a, .host = "second"};
        auto [said, nothing] = co_await all(both(std::move(ours), first, second),
                                            play(std::move(theirs), std::move(script)));
        co_return said;
    };
    const std::vector<turn> script{
        {"CONNECT second:1080 HTTP/1.1\r\nHost: second:1080\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
        {"\x04\x01\x00\x50\0\0\0\x01\0example.org\0"s, "\0\x5A\0\0\0\0\0\0hello"s}};
    EXPECT_EQ(run(chain(script)), "hello");
}

TEST_P(tunnels, end_with_their_time_out) {
    const auto silent = []() -> task<std::string> {
        auto [ours, theirs] = stream::pair();
        const proxy through{.host = "p"};
        const std::string host = "example.org";
        try {
            co_await timeout(20ms, tunnel(std::move(ours), through, host, 80));
        } catch (const std::system_error& error) {
            co_return error.code() == std::errc::timed_out ? "timed out" : error.what();
        }
        co_return "connected";
    };
    EXPECT_EQ(run(silent()), "timed out");
}

TEST_P(tunnels, are_not_asked_for_what_they_cannot_do) {
    const auto refused = [&](const proxy& through, const std::string& host) {
        return ask(through, {}, host);
    };
    const proxy http{.kind = kind::http, .host = "p"};
    EXPECT_THAT(refused(http, ""), HasSubstr("1 to 255 characters"));
    EXPECT_THAT(refused(http, std::string(256, 'x')), HasSubstr("1 to 255 characters"));
    EXPECT_THAT(refused(http, "a\r\nb"), HasSubstr("control characters in the host"));
    EXPECT_THAT(refused(http, "a b"), HasSubstr("control characters in the host"));
    EXPECT_THAT(refused(http, "a:b"), HasSubstr("neither a name nor an address"));
    EXPECT_THAT(refused({.kind = kind::https, .host = "p", .user = "me", .password = "x"}, "h"),
                HasSubstr("wants TLS"));
    EXPECT_THAT(refused({.kind = kind::socks5, .host = "p"}, "example.org"),
                HasSubstr("wants an address"));
    EXPECT_THAT(refused({.kind = kind::socks4a, .host = "p"}, "::1"), HasSubstr("no IPv6"));
    EXPECT_THAT(refused({.kind = kind::socks4a, .host = "p", .user = "a\0b"s}, "x"),
                HasSubstr("a NUL in the user"));
    EXPECT_THAT(refused({.kind = kind::http, .host = "p", .user = "a:b"}, "x"),
                HasSubstr("no users with a colon"));
    EXPECT_THAT(refused({.kind = kind::socks5h, .host = "p", .user = std::string(256, 'x')}, "x"),
                HasSubstr("at most 255 characters"));
    EXPECT_THAT(refused({.kind = kind::http, .host = "p", .fields = {{"a b", "c"}}}, "x"),
                HasSubstr("\"a b\" is no name of a field"));
    EXPECT_THAT(refused({.kind = kind::http, .host = "p", .fields = {{"a", "c\r\nd: e"}}}, "x"),
                HasSubstr("a line break in the field a"));
}

TEST_P(tunnels, give_back_what_was_read_too_far) {
    const auto read_all = []() -> task<std::string> {
        auto [ours, theirs] = stream::pair();
        co_await theirs.write("behind");
        co_await theirs.finish();
        stream whole = unread(std::move(ours), "in front, and ");
        char few[3];
        std::string text(few, co_await whole.read_some(mutable_buffer(few)));
        for (;;) {
            const chunk got = co_await whole.read();
            if (got.empty()) co_return text;
            text += got.text();
        }
    };
    EXPECT_EQ(run(read_all()), "in front, and behind");
}

TEST(proxy, is_read_as_curl_writes_it) {
    const std::map<std::string, std::string> texts{
        {"host", "http://host:1080"},
        {"host:3128", "http://host:3128"},
        {"http://host:3128/", "http://host:3128"},
        {"socks5h://me:pass%20word@host", "socks5h://me@host:1080"},
        {"https://me@host", "https://me@host:443"},
        {"socks5://[::1]:9050", "socks5://[::1]:9050"},
        {"socks4a://me@10.0.0.1", "socks4a://me@10.0.0.1:1080"}};
    for (const auto& [text, said] : texts)
        EXPECT_EQ(proxy::parse(text).to_string(), said);
    EXPECT_EQ(proxy::parse("socks5h://me:pass%20word@host").password, "pass word");
    EXPECT_EQ(proxy::parse("socks5h://me:p@ss:word@host").password, "p@ss:word");
}

TEST(proxy, refuses_what_is_none_and_keeps_the_password_to_itself) {
    const std::map<std::string, std::string> texts{
        {"", "no host"},
        {"socks6://host", "of http, https, socks4, socks4a, socks5 and socks5h none"},
        {"host:0", "the port is not within 1 to 65535"},
        {"host:65536", "the port is not within 1 to 65535"},
        {"host:x", "the port is not within 1 to 65535"},
        {"[::1", "no ]"},
        {"[x]:1", "no address in the brackets"},
        {"http://secret:%zz@host", "\"http://...@host\": a % without"},
        {"http://:secret@host", "\"http://...@host\": no user"},
        {"http://host/path", "no host"}};
    for (const auto& [text, said] : texts) {
        try {
            (void)proxy::parse(text);
            ADD_FAILURE() << text;
        } catch (const std::invalid_argument& error) {
            EXPECT_THAT(error.what(), HasSubstr(said));
            EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
        }
    }
}

}  // namespace
}  // namespace zocalo::io
