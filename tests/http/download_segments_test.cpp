// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <string>

#include "http/shelf.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/io/bandwidth.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
using testing::ElementsAre;
using testing::SizeIs;
using zocalo::tests::any_text;

class download_segments : public zocalo::tests::downloads {
 public:
    static http::download_options in_four() {
        http::download_options options;
        options.segments = 4;
        options.smallest_segment = 1000;
        return options;
    }
    io::task<> succeed(std::string url) {
        io::task<http::downloaded> getting = fetch(std::move(url), in_four());
        got = co_await std::move(getting);
    }
    io::task<> be_refused(std::string url) {
        io::task<bool> failing = fails(std::move(url), in_four());
        const bool has_failed = co_await std::move(failing);
        EXPECT_TRUE(has_failed);
    }
    io::task<> break_and_go_on(std::string url);
    io::task<> slowly(std::string url);
    io::task<> go_on_with_a_file(std::string url);
    io::task<> leave_a_file_alone(std::string url);

    /// Answers a request for a part with these fields and that content.
    void lie(http::exchange& asked, std::string range, std::string_view content,
             std::string tag = "\"1\"") const {
        asked.response().fields.set("Content-Range", std::move(range)).set("ETag", std::move(tag));
        asked.response().status = http::status::partial_content;
        asked.reply(content, "");
    }

    http::downloaded got;
};

std::string range_of(const http::exchange& asked) {
    return std::string(asked.request().fields.get("Range"));
}

TEST_F(download_segments, are_fetched_side_by_side) {
    with_shelf(&download_segments::succeed);
    EXPECT_THAT(books.ranges,
                testing::UnorderedElementsAre("", "bytes=25000-49999", "bytes=50000-74999",
                                              "bytes=75000-99999"));
    EXPECT_EQ(got.head.status, http::status::ok);
}

TEST_F(download_segments, are_for_servers_with_ranges_and_versions) {
    for (const int way : {0, 1, 2}) {
        books = {.text = any_text(100'000)};
        if (way == 0) books.knows_ranges = false;
        if (way == 1) books.tag = "W/\"1\"";
        if (way == 2) books.text = any_text(1999);  // too small to be worth it
        with_shelf(&download_segments::succeed);
        EXPECT_THAT(books.ranges, ElementsAre(""));
    }
}

TEST_F(download_segments, goes_on_alone_when_nobody_else_gets_a_part) {
    for (const http::status said : {http::status::service_unavailable, http::status::ok}) {
        books = {.text = any_text(100'000)};
        books.instead = [this, said](http::exchange& asked) {
            if (!asked.request().fields.contains("Range")) return false;
            asked.response().status = said;
            asked.response().fields.set("ETag", "\"1\"");
            asked.reply(said == http::status::ok ? books.text : "busy", "");
            return true;
        };
        with_shelf(&download_segments::succeed);
        EXPECT_EQ(got.size, 100'000U);
    }
}

TEST_F(download_segments, are_gone_on_with_where_they_break) {
    books.breaks = 7;
    with_shelf(&download_segments::succeed);
    EXPECT_THAT(books.ranges, SizeIs(testing::Ge(9U)));
}

io::task<> download_segments::break_and_go_on(std::string url) {
    http::download_options once = in_four();
    once.attempts = 0;
    books.behind = 8'000;
    books.breaks = 4;
    books.instead = [this](http::exchange& asked) {  // nobody may come back
        if (books.ranges.size() <= 4) return false;
        asked.response().status = http::status::not_found;
        asked.reply("", "");
        return true;
    };
    io::task<bool> failing = fails(url, once);
    const bool has_failed = co_await std::move(failing);
    EXPECT_TRUE(has_failed);
    books.instead = {};
    books.ranges.clear();
    io::task<http::downloaded> getting = fetch(url, in_four());
    got = co_await std::move(getting);
}

TEST_F(download_segments, are_gone_on_with_in_a_later_call) {
    books.text = any_text(4'000'000);  // the note is made every 256 KiB
    with_shelf(&download_segments::break_and_go_on);
    EXPECT_THAT(books.ranges, SizeIs(4U));
}

TEST_F(download_segments, begin_anew_when_there_is_another_version) {
    books.instead = [this](http::exchange& asked) {
        if (range_of(asked).starts_with("bytes=50000") && books.tag == "\"1\"") {
            books.text = any_text(100'001).substr(1);
            books.tag = "\"2\"";
        }
        return false;
    };
    with_shelf(&download_segments::succeed);
    EXPECT_EQ(got.head.fields.get("ETag"), "\"2\"");
}

TEST_F(download_segments, do_not_begin_anew_for_ever) {
    std::size_t version = 1;
    books.instead = [this, &version](http::exchange& asked) {
        if (asked.request().fields.contains("Range")) ++version;
        books.tag = '"' + std::to_string(version) + '"';
        return false;
    };
    with_shelf(&download_segments::be_refused);
    EXPECT_LT(books.ranges.size(), 100U);
}

TEST_F(download_segments, are_refused_when_they_are_not_what_was_asked_for) {
    const std::string part = books.text.substr(25'000, 25'000);
    const auto is_second = [](const http::exchange& asked) {
        return range_of(asked) == "bytes=25000-49999";
    };
    const std::function<void(http::exchange&)> lies[] = {
        [&](http::exchange& asked) { lie(asked, "bytes 25001-50000/100000", part); },
        [&](http::exchange& asked) { lie(asked, "bytes 0-24999/100000", part); },
        [&](http::exchange& asked) { lie(asked, "bytes 25000-49999/99999", part); },
        [&](http::exchange& asked) { lie(asked, "bytes 25000-49998/100000", part); },
        [&](http::exchange& asked) { lie(asked, "bytes 25000-49999/100000", part, "\"2\""); },
        [&](http::exchange& asked) { lie(asked, "bytes 25000-49999/100000", part + "more"); },
        [&](http::exchange& asked) { lie(asked, "bytes 25000-18446744073709551615/*", part); },
        [&](http::exchange& asked) { lie(asked, "lines 25000-49999/100000", part); },
    };
    for (const auto& each : lies) {
        books.instead = [&](http::exchange& asked) {
            if (!is_second(asked)) return false;
            each(asked);
            return true;
        };
        with_shelf(&download_segments::be_refused);
    }
}

io::task<> download_segments::slowly(std::string url) {
    io::bandwidth rate(10'000);
    http::download_options options = in_four();
    options.rate = &rate;
    const io::time_point began = co_await io::now();
    io::task<http::downloaded> getting = fetch(std::move(url), options);
    got = co_await std::move(getting);
    const io::time_point ended = co_await io::now();
    EXPECT_GE(ended - began, std::chrono::seconds(5));  // less what may go at once
}

TEST_F(download_segments, share_a_rate) {
    with_shelf(&download_segments::slowly);
}

io::task<> download_segments::go_on_with_a_file(std::string url) {
    http::download_options options;
    options.begun = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
    for (const std::size_t there : {std::size_t{30'000}, books.text.size()}) {
        io::task<> putting = put("/file", books.text.substr(0, there));
        co_await std::move(putting);
        io::task<http::downloaded> getting = fetch(url, options);
        got = co_await std::move(getting);
        EXPECT_EQ(got.resumed_at, there);
    }
}

TEST_F(download_segments, goes_on_with_what_another_program_has_left) {
    books.modified = "Fri, 20 Nov 2026 10:00:00 GMT";
    with_shelf(&download_segments::go_on_with_a_file);
    EXPECT_THAT(books.ranges, ElementsAre("bytes=30000-", "bytes=100000-"));
}

io::task<> download_segments::leave_a_file_alone(std::string url) {
    http::download_options options;
    options.begun = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
    io::task<> putting = put("/file", "another beginning");
    co_await std::move(putting);
    io::task<bool> failing = fails(url, options);
    const bool has_failed = co_await std::move(failing);
    EXPECT_TRUE(has_failed);
    io::task<std::string> reading = io::read_file("/file", 1000);
    const std::string left = co_await std::move(reading);
    EXPECT_EQ(left, "another beginning");
}

TEST_F(download_segments, nothing_is_put_behind_a_file_that_is_older_or_that_nobody_knows) {
    for (const char* modified : {"Sun, 22 Nov 2026 10:00:00 GMT", ""}) {
        books.modified = modified;
        with_shelf(&download_segments::leave_a_file_alone);
    }
}

}  // namespace
