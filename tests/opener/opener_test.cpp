// SPDX-License-Identifier: MIT
#include "zocalo/opener/opener.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "opener/both_servers.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace url = zocalo::url;
using testing::ElementsAre;
using testing::HasSubstr;

class opener : public zocalo::tests::both_servers {
 public:
    io::task<> open_http();
    io::task<> open_gopher();
    io::task<> answer_to_errors();
    io::task<> pass_filters();
    io::task<> follow_redirects();
    io::task<> outlive();
    io::task<> stall();

    /// The content, or "status content" of an error, or what was thrown.
    io::task<std::string> content_of(std::string where) {
        std::string text;
        try {
            io::task<url::opened> opening = opens.open(std::move(where));
            url::opened page = co_await std::move(opening);
            io::task<std::string> reading = page.content();
            text = co_await std::move(reading);
        } catch (const url::error_answer& error) {
            text = "status " + std::to_string(static_cast<int>(error.status()));
        } catch (const zocalo::net::stopped&) {
            throw;
        } catch (const std::exception& error) {
            text = error.what();
        }
        co_return text;
    }

    url::opener opens;
};

// --- http

io::task<> opener::open_http() {
    io::task<url::opened> opening = opens.open(web + "greeting");
    url::opened page = co_await std::move(opening);
    EXPECT_EQ(page.url(), web + "greeting");
    EXPECT_EQ(page.status(), http::status::ok);
    EXPECT_EQ(page.size(), 8U);
    EXPECT_EQ(page.type().value().essence(), "text/plain");
    io::task<std::string> reading = page.text();
    const std::string text = co_await std::move(reading);
    EXPECT_EQ(text, "good d\xC3\xA4y");  // it was sent in ISO-8859-1
    http::request what;
    what.method = http::method::post;
    what.url = web + "echo";
    what.body = http::body("content");
    opening = opens.open(what);
    url::opened answer = co_await std::move(opening);
    reading = answer.content();
    const std::string echoed = co_await std::move(reading);
    EXPECT_EQ(echoed, "content");
    io::task<std::string> missing = content_of(web + "missing");
    const std::string error = co_await std::move(missing);
    EXPECT_EQ(error, "status 404");
}

TEST_F(opener, opens_http) {
    with_servers(&opener::open_http);
}

io::task<> opener::follow_redirects() {
    io::task<url::opened> opening = opens.open(web + "to?greeting");
    url::opened page = co_await std::move(opening);
    EXPECT_EQ(page.url(), web + "greeting");
    // Nothing that is no http is ever opened because a server says so.
    const std::string secret = "file:///etc/hostname";
    opens.add("file", [](http::request what) -> io::task<url::opened> {
        ADD_FAILURE() << what.url;
        url::opened local(what.url, "secret");
        co_return local;
    });
    for (const std::string& where : {secret, std::string("data:,a"), burrow + "0/text"}) {
        io::task<std::string> reading = content_of(web + "to?" + where);
        const std::string text = co_await std::move(reading);
        EXPECT_THAT(text, HasSubstr("redirects to"));
    }
}

TEST_F(opener, follows_redirects_to_http_only) {
    with_servers(&opener::follow_redirects);
}

// --- gopher

io::task<> opener::open_gopher() {
    io::task<url::opened> opening = opens.open(burrow + "0/text");
    url::opened page = co_await std::move(opening);
    EXPECT_EQ(page.type().value().essence(), "text/plain");
    io::task<std::string> reading = page.text();
    const std::string text = co_await std::move(reading);
    EXPECT_EQ(text, "a text\n.\nof lines\n");
    opening = opens.open(burrow);
    url::opened menu = co_await std::move(opening);
    EXPECT_EQ(menu.type().value().essence(), "application/gopher-menu");
    reading = menu.content();
    const std::string items = co_await std::move(reading);
    EXPECT_THAT(items, HasSubstr("0text"));
    opening = opens.open(burrow + "9/large.gz");
    url::opened large = co_await std::move(opening);
    EXPECT_EQ(large.type().value().essence(), "application/octet-stream");
    reading = large.content();
    const std::string bytes = co_await std::move(reading);
    EXPECT_EQ(bytes, std::string(300'000, 'x'));
    reading = content_of(burrow + "0/missing");
    const std::string missing = co_await std::move(reading);
    EXPECT_EQ(missing, "status 404");
}

TEST_F(opener, opens_gopher) {
    with_servers(&opener::open_gopher);
}

TEST_F(opener, sends_no_content_where_a_scheme_has_no_place_for_it) {
    http::request what;
    what.body = http::body("content");
    for (const char* const each : {"gopher://localhost/", "data:,a"}) {
        what.url = each;
        EXPECT_THROW((void)opens.open(what).get(), std::invalid_argument) << each;
    }
}

// --- The chain

TEST_F(opener, takes_handlers_for_schemes_of_the_user) {
    opens.add("hello", [](http::request what) -> io::task<url::opened> {
        url::opened page(what.url, "Hello from " + what.url + '\n');
        page.fields().add("Content-Type", "text/plain");
        co_return page;
    });
    EXPECT_EQ(content_of("HELLO:you").get(), "Hello from HELLO:you\n");
    const url::opener::handler before = opens.find("hello");
    opens.add("hello", [before](http::request what) -> io::task<url::opened> {
        what.url += "!";
        io::task<url::opened> asking = before(what);
        url::opened page = co_await std::move(asking);
        co_return page;
    });
    EXPECT_EQ(content_of("hello:you").get(), "Hello from hello:you!\n");
    EXPECT_TRUE(opens.remove("hello"));
    EXPECT_FALSE(opens.remove("hello"));
    EXPECT_FALSE(opens.find("hello"));
    EXPECT_THAT(content_of("hello:you").get(), HasSubstr("nobody handles \"hello\""));
    opens.otherwise([](http::request what) -> io::task<url::opened> {
        url::opened page(what.url, "unknown");
        co_return page;
    });
    EXPECT_EQ(content_of("hello:you").get(), "unknown");
    EXPECT_THROW(opens.add("1a", before), std::invalid_argument);
    EXPECT_THROW(opens.add("", before), std::invalid_argument);
    EXPECT_THROW(opens.before("a b", {}), std::invalid_argument);
}

TEST_F(opener, wants_a_url) {
    for (const char* const each : {"", "hello", "//host/", ":", "ada:secret@host/", "1:a", " a:b"})
        EXPECT_THROW((void)opens.open(each).get(), std::invalid_argument) << each;
    EXPECT_THAT(content_of("a secret text").get(), testing::Not(HasSubstr("secret")));
}

io::task<> opener::pass_filters() {
    std::vector<std::string> seen;
    opens.before("http", [&seen](http::request& what) {
        seen.push_back("before http");
        what.fields.add("X-Filter", "a");
    });
    opens.before("*", [&seen](http::request&) { seen.emplace_back("before all"); });
    opens.before("gopher", [&seen](http::request&) { seen.emplace_back("before gopher"); });
    const auto look = [&seen](const http::request& what, url::opened answer) {
        seen.push_back("after " + std::string(what.fields.get("X-Filter")));
        return zocalo::tests::as_task(std::move(answer));
    };
    opens.after("http", look);
    opens.after("gopher", look);
    io::task<std::string> reading = content_of(web + "fields");
    const std::string text = co_await std::move(reading);
    EXPECT_THAT(text, HasSubstr("X-Filter: a"));
    EXPECT_THAT(seen, ElementsAre("before http", "before all", "after a"));
}

TEST_F(opener, shows_filters_what_is_asked_and_answered) {
    with_servers(&opener::pass_filters);
}

io::task<> opener::answer_to_errors() {
    opens.on_status(http::status::not_found, [](const http::request& what, url::opened answer) {
        answer.set_status(http::status::ok);
        url::opened instead(what.url, "there is none");
        return zocalo::tests::as_task(std::move(instead));
    });
    for (const std::string& where : {web + "missing", burrow + "0/missing"}) {
        io::task<std::string> reading = content_of(where);
        const std::string text = co_await std::move(reading);
        EXPECT_EQ(text, "there is none");
    }
    io::task<std::string> failing = content_of(web + "broken");
    const std::string other = co_await std::move(failing);
    EXPECT_EQ(other, "status 500");
}

TEST_F(opener, lets_others_answer_to_a_status) {
    with_servers(&opener::answer_to_errors);
}

TEST_F(opener, gives_what_came_with_an_error) {
    opens.add("no", [](http::request what) -> io::task<url::opened> {
        url::opened page(what.url, "because");
        page.set_status(http::status::forbidden);
        co_return page;
    });
    try {
        (void)opens.open("no:way").get();
        FAIL();
    } catch (const url::error_answer& error) {
        EXPECT_EQ(error.status(), http::status::forbidden);
        EXPECT_EQ(error.answer().content().get(), "because");
    }
}

io::task<> opener::outlive() {
    std::optional<url::opened> page;
    {
        url::opener once;
        io::task<url::opened> opening = once.open(web + "large");
        page.emplace(co_await std::move(opening));
    }
    io::task<std::string> reading = page->content();
    const std::string text = co_await std::move(reading);
    EXPECT_EQ(text.size(), 300'000U);
    io::task<url::opened> opening = url::open(burrow + "9/large.gz");
    url::opened other = co_await std::move(opening);
    reading = other.content(300'000);
    const std::string bytes = co_await std::move(reading);
    EXPECT_EQ(bytes.size(), 300'000U);
}

TEST_F(opener, may_be_gone_when_what_it_has_opened_is_read) {
    with_servers(&opener::outlive);
}

io::task<> opener::stall() {
    url::opener_options options;
    options.within = std::chrono::seconds(3);
    url::opener hasty(options);
    hasty.add("slow", [](http::request what) -> io::task<url::opened> {
        co_await io::sleep(std::chrono::hours(1));
        url::opened page(what.url, "");
        co_return page;
    });
    const io::time_point before = co_await io::now();
    bool has_failed = false;
    try {
        io::task<url::opened> opening = hasty.open("slow:a");
        const url::opened page = co_await std::move(opening);
    } catch (const std::system_error& error) {
        has_failed = error.code() == std::errc::timed_out;
    }
    EXPECT_TRUE(has_failed);
    const io::time_point after = co_await io::now();
    EXPECT_EQ(after - before, std::chrono::seconds(3));
}

TEST_F(opener, does_not_wait_for_ever) {
    with_servers(&opener::stall);
}

// --- data, and content

TEST_F(opener, opens_data) {
    url::opened page = opens.open("data:text/html;charset=utf-8;base64,w6Q=").get();
    EXPECT_EQ(page.size(), 2U);
    EXPECT_EQ(page.fields().get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.fields().get("Content-Length"), "2");
    EXPECT_EQ(page.text().get(), "\xC3\xA4");
    EXPECT_EQ(page.content().get(), "");
    url::opener_options options;
    options.data = 3;
    url::opener small(options);
    EXPECT_EQ(small.open("data:,abc").get().content().get(), "abc");
    EXPECT_THROW((void)small.open("data:,abcd").get(), std::invalid_argument);
}

TEST_F(opener, has_no_more_content_than_is_wanted) {
    EXPECT_EQ(opens.open("data:,abc").get().content(3).get(), "abc");
    EXPECT_THROW((void)opens.open("data:,abc").get().content(2).get(), zocalo::protocol_error);
}

TEST_F(opener, makes_utf_8_of_text_that_it_knows) {
    const auto text = [this](const std::string& of) { return opens.open(of).get().text().get(); };
    EXPECT_EQ(text("data:text/plain;charset=latin1,%E4"), "\xC3\xA4");
    EXPECT_EQ(text("data:text/plain;charset=UTF-8,%C3%A4"), "\xC3\xA4");
    EXPECT_THROW((void)text("data:text/plain;charset=UTF-8,%E4"), zocalo::protocol_error);
    EXPECT_THROW((void)text("data:text/plain;charset=koi8-r,a"), zocalo::protocol_error);
}

}  // namespace
