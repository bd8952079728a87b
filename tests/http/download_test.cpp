// SPDX-License-Identifier: MIT
#include "zocalo/http/download.hpp"

#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/sim/world.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

/// Serves a text in ranges, and breaks off where it is told to.
struct shelf {
    std::string text;
    std::string tag = "\"1\"";
    bool knows_ranges = true;
    std::size_t breaks = 0;                ///< so many responses are broken off ...
    std::size_t behind = 10'000;           ///< ... behind so many bytes
    std::vector<std::string> ranges = {};  ///< that were asked for

    io::task<> answer(http::exchange& asked) {
        const http::fields& says = asked.request().fields;
        ranges.emplace_back(says.get("Range"));
        const bool is_same = says.get("If-Range") == tag;
        std::string_view rest = text;
        if (!tag.empty()) asked.response().fields.set("ETag", tag);
        if (knows_ranges && is_same && says.contains("Range")) {
            const auto chosen = http::choose_ranges(says.get("Range"), text.size());
            http::content_range where{.size = text.size()};
            if (chosen.answer == http::range_answer::none) {
                asked.response().fields.set("Content-Range", where.to_string());
                asked.reply(http::status::range_not_satisfiable);
                co_return;
            }
            where.part = chosen.parts.at(0);
            rest = rest.substr(where.part->first);
            asked.response().status = http::status::partial_content;
            asked.response().fields.set("Content-Range", where.to_string());
        }
        asked.begin(rest.size());
        if (breaks != 0) {
            --breaks;
            co_await asked.write(rest.substr(0, behind));
            co_await asked.flush();
            throw std::runtime_error("broken off");
        }
        co_await asked.write(rest);
    }
};

std::string any_text(std::size_t size) {
    std::string text;
    for (std::uint64_t number = 1; text.size() < size;) {
        number = (number * 1664525 + 1013904223) & 0xFFFFFFFF;
        text += static_cast<char>(number >> 24);
    }
    return text;
}

class download : public testing::Test {
 public:
    using talk = io::task<> (download::*)(std::string url);
    /// In virtual time: there are pauses between the attempts.
    void with_shelf(talk what) {
        http::site site;
        site.routes.get("/", [this](http::exchange& asked) { return books.answer(asked); });
        serve::server running(site.handler());
        zocalo::sim::world world(1);
        world.host("here").run(
            zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
                return finish(what, "http://" + where.to_string() + "/");
            }));
    }
    io::task<> finish(talk what, std::string url) {
        io::task<> talking = (this->*what)(std::move(url));
        co_await std::move(talking);
        asks.close_resting();
    }
    /// Downloads, and holds what is in the file against the text.
    io::task<http::downloaded> fetch(std::string url, http::download_options options = {}) {
        http::request what{.url = std::move(url)};
        io::task<http::downloaded> getting = http::download(asks, what, "/file", options);
        http::downloaded got = co_await std::move(getting);
        EXPECT_EQ(got.size, books.text.size());
        io::task<std::string> reading = io::read_file("/file", 1 << 20);
        const std::string in_file = co_await std::move(reading);
        EXPECT_TRUE(in_file == books.text);
        co_return got;
    }
    /// The same when it fails for good.
    io::task<bool> fails(std::string url, http::download_options options) {
        bool has_failed = false;
        try {
            io::task<http::downloaded> getting = fetch(std::move(url), options);
            co_await std::move(getting);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::exception&) {
            has_failed = true;
        }
        co_return has_failed;
    }
    static io::task<> put(std::string name, std::string text) {
        io::file_options how;
        how.writable = how.create = how.empty = true;
        io::task<io::file> opening = io::open_file(std::move(name), how);
        io::file made = co_await std::move(opening);
        io::task<> writing = made.write(text);
        co_await std::move(writing);
    }
    io::task<> go_on(std::string url);
    io::task<> go_on_later(std::string url);
    io::task<> begin_anew(std::string url);
    io::task<> give_up(std::string url);

    shelf books{any_text(100'000)};
    http::client asks;
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
