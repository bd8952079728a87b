// SPDX-License-Identifier: MIT
#include "zocalo/http/filters.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

#include "http/site_under_test.hpp"
#include "zocalo/http/coding.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string text = [] {
    std::string all;
    for (int i = 0; i < 2000; ++i)
        all += "line " + std::to_string(i) + "\n";
    return all;
}();

io::task<> stream(http::exchange& asked) {
    asked.response().fields.set("Content-Type", "text/plain");
    asked.begin();
    for (std::size_t at = 0; at < text.size(); at += 1000) {
        const std::string piece = text.substr(at, 1000);
        co_await asked.write(piece);
        co_await asked.flush();
    }
}

class filters : public testing::Test {
 protected:
    filters() {
        site_.routes.get("/", [](http::exchange& asked) { asked.reply("hello"); });
        site_.routes.post("/", [](http::exchange& asked) { asked.reply("done"); });
        site_.routes.get("/text", [](http::exchange& asked) {
            asked.response().fields.set("ETag", "\"1\"");
            asked.reply(text);
        });
        site_.routes.get("/bytes", [](http::exchange& asked) { asked.reply(text, "image/png"); });
        site_.routes.get("/stream", stream);
    }
    std::string ask(const std::string& line, const std::string& fields = {}) {
        return zocalo::tests::ask_site(
            site_, line + " HTTP/1.1\r\nHost: here\r\n" + fields + "Connection: close\r\n\r\n");
    }
    static std::string content_of(const std::string& answer) {
        return answer.substr(answer.find("\r\n\r\n") + 4);
    }

    http::site site_;
};

TEST_F(filters, refuse_what_other_sites_ask_for) {
    site_.filters = {http::refuse_other_sites()};
    EXPECT_THAT(ask("POST /", "Origin: http://evil.example\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(ask("POST /", "Origin: null\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(ask("POST /", "Sec-Fetch-Site: cross-site\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(ask("POST /", "Sec-Fetch-Site: same-site\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(ask("POST /", "Sec-Fetch-Site: same-origin\r\n"), EndsWith("done"));
    EXPECT_THAT(ask("POST /", "Origin: http://here\r\n"), EndsWith("done"));
    EXPECT_THAT(ask("POST /"), EndsWith("done"));
    EXPECT_THAT(ask("GET /", "Origin: http://evil.example\r\n"), EndsWith("hello"));
}

TEST_F(filters, ask_for_a_password) {
    site_.filters = {http::ask_password("a place", [](auto user, auto password) {
        return user == "Aladdin" && http::same_secret(password, "open sesame");
    })};
    const std::string refused = ask("GET /");
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(refused, HasSubstr("\r\nWWW-Authenticate: Basic realm=\"a place\""));
    const auto shown = [&](const std::string& text_) {
        return ask("GET /", "Authorization: " + text_ + "\r\n");
    };
    EXPECT_THAT(shown("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), EndsWith("hello"));
    for (const auto* wrong : {"Basic QWxhZGRpbjpvcGVu", "Basic", "Basic !!!", "Bearer abc", ""})
        EXPECT_THAT(shown(wrong), StartsWith("HTTP/1.1 401 ")) << wrong;
}

TEST_F(filters, compare_secrets) {
    EXPECT_TRUE(http::same_secret("", ""));
    EXPECT_TRUE(http::same_secret("abc", "abc"));
    EXPECT_FALSE(http::same_secret("abc", "abd"));
    EXPECT_FALSE(http::same_secret("abc", "abcabc"));
    EXPECT_FALSE(http::same_secret("abcabc", "abc"));
    EXPECT_FALSE(http::same_secret("a", ""));
    EXPECT_FALSE(http::same_secret("", "a"));
}

TEST_F(filters, tell_browsers_whose_pages_may_read) {
    site_.filters = {http::allow_origins({.origins = {"https://a.example"},
                                          .methods = {"PUT"},
                                          .fields = {"X-One", "X-Two"},
                                          .credentials = true})};
    const std::string good = ask("GET /", "Origin: https://a.example\r\n");
    EXPECT_THAT(good, HasSubstr("\r\nAccess-Control-Allow-Origin: https://a.example\r\n"));
    EXPECT_THAT(good, HasSubstr("\r\nAccess-Control-Allow-Credentials: true\r\n"));
    EXPECT_THAT(good, HasSubstr("\r\nVary: Origin\r\n"));
    EXPECT_THAT(ask("GET /", "Origin: https://b.example\r\n"), Not(HasSubstr("Access-Control")));
    const std::string question =
        ask("OPTIONS /", "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n");
    EXPECT_THAT(question, StartsWith("HTTP/1.1 204 "));
    EXPECT_THAT(question, HasSubstr("\r\nAccess-Control-Allow-Methods: PUT\r\n"));
    EXPECT_THAT(question, HasSubstr("\r\nAccess-Control-Allow-Headers: X-One, X-Two\r\n"));
    EXPECT_THROW((void)http::allow_origins({.origins = {"*"}, .credentials = true}),
                 std::invalid_argument);
    EXPECT_THROW((void)http::allow_origins({.methods = {"A B"}}), std::invalid_argument);
}

TEST_F(filters, compress_text) {
    site_.filters = {http::compress()};
    for (const auto& [name, coding] :
         {std::pair{"gzip", http::coding::gzip}, std::pair{"br", http::coding::brotli},
          std::pair{"zstd", http::coding::zstd}}) {
        const std::string accept = std::string("Accept-Encoding: ") + name + "\r\n";
        const std::string answer = ask("GET /text", accept);
        EXPECT_THAT(answer, HasSubstr(std::string("\r\nContent-Encoding: ") + name + "\r\n"));
        EXPECT_THAT(answer, HasSubstr("\r\nETag: W/\"1\"\r\n"));
        EXPECT_THAT(answer, HasSubstr("\r\nVary: Accept-Encoding\r\n"));
        const std::string content = content_of(answer);
        EXPECT_LT(content.size(), text.size() / 2);
        EXPECT_EQ(http::decode(content, {coding}, {}), text);
        EXPECT_THAT(ask("GET /bytes", accept), EndsWith(text));
        EXPECT_THAT(ask("GET /", accept), EndsWith("hello"));
    }
    EXPECT_THAT(ask("GET /text"), EndsWith("\r\n\r\n" + text));
    EXPECT_THAT(ask("GET /text", "Accept-Encoding: gzip;q=0\r\n"), EndsWith("\r\n\r\n" + text));
}

TEST_F(filters, compress_what_comes_in_pieces) {
    site_.filters = {http::compress()};
    const std::string answer = ask("GET /stream", "Accept-Encoding: gzip\r\n");
    EXPECT_THAT(answer, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    std::string coded;
    for (std::string_view rest = std::string_view(answer).substr(answer.find("\r\n\r\n") + 4);;) {
        const std::size_t size = std::stoul(std::string(rest.substr(0, rest.find("\r\n"))), {}, 16);
        if (size == 0) break;
        rest.remove_prefix(rest.find("\r\n") + 2);
        coded += rest.substr(0, size);
        rest.remove_prefix(size + 2);
    }
    EXPECT_EQ(http::decode(coded, {http::coding::gzip}, {}), text);
}

}  // namespace
