// SPDX-License-Identifier: MIT
#include "zocalo/http/rate_limit.hpp"

#include <gmock/gmock.h>

#include "http/site_under_test.hpp"

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using zocalo::tests::ask_site;
namespace http = zocalo::http;

constexpr auto request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string times(int count, const std::string& what) {
    std::string all;
    for (int i = 0; i < count; ++i)
        all += what;
    return all;
}
std::size_t count(const std::string& in, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = in.find(what); at != std::string::npos; at = in.find(what, at + 1))
        ++found;
    return found;
}

http::site limited(const http::rate_limit_options& how) {
    http::site site;
    site.routes.get("/", [](http::exchange& asked) { asked.reply("hi"); });
    site.filters = {http::limit_rate(how)};
    return site;
}

TEST(rate_limit, refuses_what_comes_too_fast_and_says_when_to_come) {
    const http::site site = limited({.requests = 1, .span = 60s, .burst = 3});
    const std::string answer = ask_site(site, times(5, request));
    EXPECT_EQ(count(answer, "HTTP/1.1 200 "), 3U);
    EXPECT_EQ(count(answer, "HTTP/1.1 429 "), 2U);
    EXPECT_THAT(answer, HasSubstr("Retry-After: 60\r\n"));
    EXPECT_THAT(ask_site(site, request), StartsWith("HTTP/1.1 429 "));  // another connection
}

TEST(rate_limit, counts_whom_it_is_told_to_count) {
    const http::site site =
        limited({.requests = 1, .span = 60s, .burst = 1, .key = [](const http::exchange& asked) {
                     return std::string(asked.request().fields.get("User"));
                 }});
    const std::string ada = "GET / HTTP/1.1\r\nHost: a\r\nUser: ada\r\n\r\n";
    const std::string bob = "GET / HTTP/1.1\r\nHost: a\r\nUser: bob\r\n\r\n";
    const std::string answer = ask_site(site, ada + bob + ada + request + request);
    EXPECT_EQ(count(answer, "HTTP/1.1 200 "), 4U);
    EXPECT_EQ(count(answer, "HTTP/1.1 429 "), 1U);
}

TEST(rate_limit, remembers_no_more_keys_than_it_may) {
    const http::site site = limited({.requests = 1,
                                     .span = 3600s,
                                     .burst = 1,
                                     .key =
                                         [](const http::exchange& asked) {
                                             return std::string(asked.request().fields.get("User"));
                                         },
                                     .most_kept = 2});
    std::string all;
    for (const char* each : {"a", "a", "b", "c", "a"})  // the third one makes it forget
        all += std::string("GET / HTTP/1.1\r\nHost: a\r\nUser: ") + each + "\r\n\r\n";
    const std::string answer = ask_site(site, all);
    EXPECT_EQ(count(answer, "HTTP/1.1 429 "), 1U);
}

TEST(rate_limit, refuses_a_limit_that_lets_nothing_pass) {
    EXPECT_THROW((void)http::limit_rate({.requests = 0}), std::invalid_argument);
    EXPECT_THROW((void)http::limit_rate({.burst = 0}), std::invalid_argument);
    EXPECT_THROW((void)http::limit_rate({.span = 0s}), std::invalid_argument);
}

}  // namespace
