// SPDX-License-Identifier: MIT
// What a site tells of each request, also of those that no handler sees.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/site_under_test.hpp"

namespace {

namespace http = zocalo::http;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

struct told {
    std::vector<std::string> lines;
    std::vector<std::string> combined;
    std::string answer;
};

/// From the method or the status on: what is before that is another one each time.
std::string from(const std::string& line, std::string_view mark) {
    const std::size_t at = line.find(mark);
    return at == std::string::npos ? line : line.substr(at);
}

told log_of(const std::string& says) {
    told all;
    http::site site;
    site.limits.line = 200;
    site.limits.head = 400;
    site.routes.get("/{any...}", [](http::exchange& asked) {
        asked.set_user("Ada L");
        asked.reply("hello");
    });
    site.answered = [&all](const http::exchange& asked, http::status answer) {
        all.lines.push_back(from(http::access_line(asked, answer).text(), "method="));
        all.combined.push_back(http::web_log_entry(asked, answer).combined());
    };
    all.answer = zocalo::tests::ask_site(site, says);
    return all;
}

TEST(access_line, tells_of_refused_fields) {
    const told space = log_of("GET /a HTTP/1.1\r\nHost : a\r\n\r\n");
    EXPECT_THAT(space.answer, testing::StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(space.lines, ElementsAre(testing::MatchesRegex(
                                 "method=GET target=/a status=400 size=[0-9]+ version=HTTP/1.1")));
    const told control = log_of("GET /b HTTP/1.1\r\nHost: a\r\nUser-Agent: \x01\r\n\r\n");
    EXPECT_THAT(control.lines, ElementsAre(HasSubstr("target=/b status=400")));
    const std::string much(500, 'x');
    const told large = log_of("GET /c HTTP/1.1\r\nHost: a\r\nX: " + much + "\r\n\r\n");
    EXPECT_THAT(large.lines, ElementsAre(HasSubstr("target=/c status=431")));
}

TEST(access_line, knows_nothing_of_a_line_that_is_none) {
    const std::string much(500, 'x');
    EXPECT_THAT(log_of("GET /" + much).lines, ElementsAre(HasSubstr("target=- status=414")));
    EXPECT_THAT(log_of("GET / HTTP/3.0\r\n\r\n").lines,
                ElementsAre(HasSubstr("method=- target=- status=505")));
    EXPECT_THAT(
        log_of("\x16\x03\x01").lines,
        ElementsAre(testing::MatchesRegex("method=- target=- status=400 size=[0-9]+ version=-")));
}

TEST(access_line, says_nothing_of_the_request_before) {
    const told all = log_of(
        "GET /first HTTP/1.1\r\nHost: a\r\nReferer: http://b/\r\nUser-Agent: one\r\n\r\n"
        "\x01\x02\r\n\r\n");
    EXPECT_THAT(all.lines, ElementsAre(HasSubstr("target=/first status=200"),
                                       HasSubstr("method=- target=- status=400")));
    EXPECT_THAT(all.combined[0], HasSubstr(" - Ada\\x20L ["));
    EXPECT_THAT(all.combined[0], EndsWith("] \"GET /first HTTP/1.1\" 200 5 \"http://b/\" \"one\""));
    EXPECT_THAT(all.combined[1], testing::MatchesRegex(".*\\] \"-\" 400 [0-9]+ \"-\" \"-\""));
}

TEST(access_line, tells_of_a_request_once) {
    const told all = log_of(
        "GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nthis is no chunk\r\n");
    EXPECT_THAT(all.lines, ElementsAre(HasSubstr("target=/a status=200")));
}

}  // namespace
