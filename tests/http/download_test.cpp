// SPDX-License-Identifier: MIT
#include "zocalo/http/download.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "http/shelf.hpp"
#include "zocalo/http/date.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
using zocalo::tests::any_text;

class download : public zocalo::tests::downloads {
 public:
    io::task<> go_on(std::string url);
    io::task<> go_on_later(std::string url);
    io::task<> begin_anew(std::string url);
    io::task<> give_up(std::string url);
    io::task<> doubt_dates(std::string url);
};

io::task<> download::go_on(std::string url) {
    books.breaks = 3;
    std::uint64_t last = 0;
    http::download_options options;
    options.progress = [&last](std::uint64_t have, http::content_size of) {
        EXPECT_GT(have, last);
        EXPECT_EQ(of, 100'000U);
        last = have;
    };
    io::task<http::downloaded> getting = fetch(url, options);
    const http::downloaded got = co_await std::move(getting);
    EXPECT_EQ(got.resumed_at, 0U);
    EXPECT_EQ(last, 100'000U);
    EXPECT_THAT(books.ranges,
                testing::ElementsAre("", "bytes=10000-", "bytes=20000-", "bytes=30000-"));
}

TEST_F(download, goes_on_where_it_was_broken_off) {
    with_shelf(&download::go_on);
}

io::task<> download::go_on_later(std::string url) {
    http::download_options once;
    once.attempts = 0;
    books.breaks = 2;
    books.behind = 0;
    io::task<bool> failing = fails(url, once);
    bool has_failed = co_await std::move(failing);
    EXPECT_TRUE(has_failed);
    books.behind = 40'000;
    books.breaks = 1;
    once.attempts = 1;
    io::task<http::downloaded> getting = fetch(url, once);
    http::downloaded got = co_await std::move(getting);
    EXPECT_EQ(got.resumed_at, 0U);
    EXPECT_EQ(books.ranges.back(), "bytes=40000-");
    // A part of another day, and all of it.
    for (const std::size_t there : {std::size_t{70'000}, books.text.size()}) {
        io::task<> putting = put("/file.part", books.text.substr(0, there));
        co_await std::move(putting);
        putting = put("/file.part.version", books.tag);
        co_await std::move(putting);
        getting = fetch(url);
        got = co_await std::move(getting);
        EXPECT_EQ(got.resumed_at, there);
        EXPECT_EQ(books.ranges.back(), "bytes=" + std::to_string(there) + "-");
    }
}

TEST_F(download, goes_on_in_a_later_call) {
    with_shelf(&download::go_on_later);
}

/// Another version, no version, and a server without ranges: the first part is dropped.
io::task<> download::begin_anew(std::string url) {
    for (const int way : {0, 1, 2}) {
        books.tag = way == 1 ? "" : "\"1\"";
        books.knows_ranges = way != 2;
        books.breaks = 1;
        http::download_options options;
        options.progress = [this, way](std::uint64_t have, http::content_size) {
            if (way == 0 && have == 10'000) {
                books.text = any_text(90'000);
                books.text[0] = '!';
                books.tag = "\"2\"";
            }
        };
        io::task<http::downloaded> getting = fetch(url, options);
        const http::downloaded got = co_await std::move(getting);
        EXPECT_EQ(got.head.status, http::status::ok);
    }
}

TEST_F(download, begins_anew_when_there_is_another_version) {
    with_shelf(&download::begin_anew);
}

/// A date is a version when a second that had begun was over (RFC 9110 §8.8.2.2): within it the
/// file may have changed again.
io::task<> download::doubt_dates(std::string url) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::string date = http::date_text(now);
    for (const int age : {0, 1, -1}) {
        books = {.text = any_text(100'000), .tag = "", .breaks = 1};
        books.modified = http::date_text(now - std::chrono::seconds(age));
        books.instead = [&date](http::exchange& asked) {
            asked.response().fields.set("Date", date);
            return false;
        };
        http::download_options options;
        options.progress = [this, age](std::uint64_t have, http::content_size) {
            if (age != 1 && have == 10'000) books.text[0] = '!';
        };
        io::task<http::downloaded> getting = fetch(url, options);
        const http::downloaded got = co_await std::move(getting);
        EXPECT_EQ(got.size, 100'000U);
        EXPECT_EQ(books.ranges.back(), age == 1 ? "bytes=10000-" : "") << age;
    }
}

TEST_F(download, takes_no_date_for_a_version_that_may_be_of_two) {
    with_shelf(&download::doubt_dates);
}

io::task<> download::give_up(std::string url) {
    http::download_options options;
    options.attempts = 3;
    books.breaks = 100;
    books.behind = 0;
    io::task<bool> failing = fails(url, options);
    bool has_failed = co_await std::move(failing);
    EXPECT_TRUE(has_failed);
    EXPECT_EQ(books.ranges.size(), 4U);
    failing = fails(url + "none", options);
    has_failed = co_await std::move(failing);
    EXPECT_TRUE(has_failed);
    EXPECT_EQ(books.ranges.size(), 4U);
}

TEST_F(download, gives_up_at_last) {
    with_shelf(&download::give_up);
}

TEST_F(download, is_for_the_whole_of_a_get) {
    EXPECT_THROW((void)http::download(asks, {.method = http::method::post}, "/x").get(),
                 std::invalid_argument);
    http::request part{.url = "http://a/"};
    part.fields.set("Range", "bytes=0-1");
    EXPECT_THROW((void)http::download(asks, part, "/x").get(), std::invalid_argument);
}

}  // namespace
