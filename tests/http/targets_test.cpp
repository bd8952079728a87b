// SPDX-License-Identifier: MIT
// Whom and what a request is for: Host, absolute targets, `*`, and what is answered to HEAD.
#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "http/site_under_test.hpp"
#include "zocalo/http/filters.hpp"

namespace {

namespace http = zocalo::http;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class targets : public testing::Test {
 protected:
    targets() {
        site_.routes.get("/", [](http::exchange& asked) {
            asked.reply("for " + std::string(asked.authority()));
        });
        site_.routes.put("/other", [](http::exchange& asked) { asked.reply("put"); });
    }
    std::string ask(const std::string& line, const std::string& host = "Host: a:80\r\n") {
        return zocalo::tests::ask_site(site_, line + "\r\n" + host + "Connection: close\r\n\r\n");
    }

    http::site site_;
};

TEST_F(targets, name_the_host_where_they_are_absolute) {
    EXPECT_THAT(ask("GET / HTTP/1.1"), EndsWith("for a:80"));
    EXPECT_THAT(ask("GET http://b.example:81/ HTTP/1.1"), EndsWith("for b.example:81"));
    EXPECT_THAT(ask("GET HTTP://b.example HTTP/1.1"), EndsWith("for b.example"));
    EXPECT_THAT(ask("GET http://b.example?x=://c/ HTTP/1.1"), EndsWith("for b.example"));
    EXPECT_THAT(ask("GET /?x=http://c/ HTTP/1.1"), EndsWith("for a:80"));
    EXPECT_THAT(ask("GET / HTTP/1.0", ""), EndsWith("for "));
    for (const auto* wrong : {"http:///", "http://u@b/", "http://[x]/", "https://b:99999/"})
        EXPECT_THAT(ask("GET " + std::string(wrong) + " HTTP/1.1"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(targets, of_other_schemes_are_not_here) {
    EXPECT_THAT(ask("GET ftp://a/ HTTP/1.1"), StartsWith("HTTP/1.1 421 "));
    site_.filters = {http::compress()};
    EXPECT_THAT(ask("GET gopher://a/ HTTP/1.1"), StartsWith("HTTP/1.1 421 "));
}

/// RFC 9110 §4.2.2, §7.4
TEST_F(targets, of_https_are_not_here_without_tls) {
    for (const auto* each : {"https://b.example/", "HTTPS://b.example", "https://a:80/nowhere"})
        EXPECT_THAT(ask("GET " + std::string(each) + " HTTP/1.1"), StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(ask("GET /https://b/ HTTP/1.1"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("GET /?https://b/ HTTP/1.1"), EndsWith("for a:80"));
    EXPECT_THAT(ask("GET http://b.example/?https://c/ HTTP/1.1"), EndsWith("for b.example"));
    site_.behind_tls = [](const serve::peer& who) { return who.address.ip().is_loopback(); };
    EXPECT_THAT(ask("GET https://b.example/ HTTP/1.1"), EndsWith("for b.example"));
    site_.behind_tls = [](const serve::peer&) { return false; };
    EXPECT_THAT(ask("GET https://b.example/ HTTP/1.1"), StartsWith("HTTP/1.1 421 "));
}

/// By the first byte of what its header says of TLS (§2.2.7).
TEST_F(targets, of_https_are_here_when_a_proxy_says_so) {
    const auto ask_behind = [this](std::optional<char> client_is) {
        serve::proxy_header header{.source = net::endpoint::parse("192.0.2.7:4711"),
                                   .destination = net::endpoint::parse("192.0.2.1:443")};
        if (client_is) {
            const std::string value = std::string(1, *client_is) + std::string(4, '\0');
            header.fields = {{serve::proxy_header::tls, value}};
        }
        serve::server_options behind;
        behind.proxies.from = {net::network::parse("127.0.0.0/8")};
        const std::string says = serve::to_bytes(header) +
                                 "GET https://b.example/ HTTP/1.1\r\nHost: a\r\n"
                                 "Connection: close\r\n\r\n";
        return zocalo::tests::ask_site(site_, says, {}, behind);
    };
    EXPECT_THAT(ask_behind('\1'), EndsWith("for b.example"));
    EXPECT_THAT(ask_behind('\7'), EndsWith("for b.example"));
    EXPECT_THAT(ask_behind('\0'), StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(ask_behind({}), StartsWith("HTTP/1.1 421 "));
}

TEST_F(targets, may_be_all_of_the_server) {
    const std::string answer = ask("OPTIONS * HTTP/1.1");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 "));
    EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD, OPTIONS, PUT\r\n"));
}

TEST_F(targets, that_are_refused_have_no_content_for_head) {
    const auto content_of = [](const std::string& answer) {
        return answer.substr(answer.find("\r\n\r\n") + 4);
    };
    for (const auto* wrong : {"HEAD *", "HEAD /a#f", "HEAD nothing"}) {
        const std::string answer = ask(std::string(wrong) + " HTTP/1.1");
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << wrong;
        EXPECT_EQ(content_of(answer), "") << wrong;
    }
    EXPECT_EQ(content_of(ask("HEAD / HTTP/1.1", "Host: a\r\nHost: b\r\n")), "");
    const std::string after_head = zocalo::tests::ask_site(
        site_, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /a#f HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(after_head, EndsWith("\r\n\r\n400 Bad Request\n"));
}

TEST_F(targets, may_follow_an_empty_line) {
    EXPECT_THAT(ask("\r\nGET / HTTP/1.1"), EndsWith("for a:80"));
}

TEST_F(targets, are_for_hosts_of_ours) {
    site_.filters = {http::refuse_other_hosts({"www.example.org"})};
    for (const auto* good :
         {"localhost", "LOCALHOST:8080", "localhost.", "localhost.:1", "127.0.0.1", "192.0.2.1:80",
          "[::1]", "[::1]:8080", "www.example.org", "WWW.Example.ORG.:8080", ""})
        EXPECT_THAT(ask("GET / HTTP/1.1", "Host: " + std::string(good) + "\r\n"),
                    StartsWith("HTTP/1.1 200 "))
            << good;
    for (const auto* bad :
         {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
          "example.org", "www.example.org.evil.example", "notlocalhost", "[1.2]"})
        EXPECT_THAT(ask("GET / HTTP/1.1", "Host: " + std::string(bad) + "\r\n"),
                    StartsWith("HTTP/1.1 421 "))
            << bad;
    EXPECT_THAT(ask("GET / HTTP/1.0", ""), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(ask("GET http://evil.example/ HTTP/1.1", "Host: localhost\r\n"),
                StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(ask("GET http://localhost/ HTTP/1.1", "Host: evil.example\r\n"),
                StartsWith("HTTP/1.1 200 "));
}

}  // namespace
