// SPDX-License-Identifier: MIT
// What serves one connection serves another one later: it takes nothing along.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "http/site_under_test.hpp"

namespace {

namespace http = zocalo::http;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using zocalo::tests::ask_site;

std::string name_in(const http::exchange& asked) {
    try {
        return asked.parameter("name");
    } catch (const std::logic_error&) {
        return "nobody";
    }
}

/// A site that says to everybody what it knows.
http::site telling_site() {
    http::site site;
    site.error_page = [](http::exchange& asked, http::status, std::string_view) {
        return http::error_page{name_in(asked), "text/plain"};
    };
    site.routes.get("/hello/{name}", [](http::exchange& asked) {
        asked.response().fields.set("X-Secret", "hers");
        asked.reply(name_in(asked));
    });
    return site;
}

const std::string hello = "GET /hello/ada HTTP/1.1\r\nHost: a\r\nCookie: hers\r\n\r\n";
const std::string nothing = "GET / HTTP/1.1\r\n\r\n";

TEST(forgetting, happens_between_two_requests) {
    const std::string said = ask_site(telling_site(), hello + nothing);
    EXPECT_THAT(said, HasSubstr("\r\n\r\nadaHTTP/1.1 400 "));
    EXPECT_THAT(said, EndsWith("\r\n\r\nnobody"));
}

TEST(forgetting, happens_between_two_connections) {
    const http::site site = telling_site();
    EXPECT_THAT(ask_site(site, hello), EndsWith("\r\n\r\nada"));
    const std::string his = ask_site(site, nothing);
    EXPECT_THAT(his, EndsWith("\r\n\r\nnobody"));
    EXPECT_THAT(his, Not(HasSubstr("X-Secret")));
}

}  // namespace
