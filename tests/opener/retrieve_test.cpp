// SPDX-License-Identifier: MIT
#include "zocalo/opener/opener.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "opener/both_servers.hpp"
#include "zocalo/io/file.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace url = zocalo::url;
using testing::Pair;

class retrieve : public zocalo::tests::both_servers {
 public:
    io::task<> get_whole();
    io::task<> get_less();
    io::task<> get_nothing();

    /// What is in the file; what was thrown in place of a file.
    static io::task<std::string> in_file(std::string path) {
        std::string text;
        try {
            io::task<std::string> reading = io::read_file(path, 1'000'000);
            text = co_await std::move(reading);
        } catch (const std::system_error& error) {
            text = error.code() == std::errc::no_such_file_or_directory ? "none" : error.what();
        }
        co_return text;
    }

    url::opener opens;
};

io::task<> retrieve::get_whole() {
    std::vector<std::pair<std::uint64_t, http::content_size>> told;
    const url::opener::progress tell = [&told](std::uint64_t done, http::content_size of) {
        told.emplace_back(done, of);
    };
    io::task<url::retrieved> getting = opens.retrieve(web + "to?large", "/file", tell);
    const url::retrieved got = co_await std::move(getting);
    EXPECT_EQ(got.path, "/file");
    EXPECT_EQ(got.size, 300'000U);
    EXPECT_EQ(got.url, web + "large");
    EXPECT_EQ(got.fields.get("Content-Length"), "300000");
    EXPECT_GE(told.size(), 2U);
    if (told.empty()) co_return;
    EXPECT_THAT(told.front(), Pair(0U, 300'000U));
    EXPECT_THAT(told.back(), Pair(300'000U, 300'000U));
    io::task<std::string> reading = in_file("/file");
    const std::string large = co_await std::move(reading);
    EXPECT_EQ(large, std::string(300'000, 'x'));
    // What is there is replaced; whose size nobody says is told without one.
    told.clear();
    getting = opens.retrieve(burrow + "0/text", "/file", tell);
    const url::retrieved other = co_await std::move(getting);
    EXPECT_EQ(other.size, 18U);
    if (told.empty()) co_return;
    EXPECT_THAT(told.front(), Pair(0U, std::nullopt));
    EXPECT_THAT(told.back(), Pair(18U, std::nullopt));
    reading = in_file("/file");
    const std::string text = co_await std::move(reading);
    EXPECT_EQ(text, "a text\n.\nof lines\n");
    // No coding is asked for: what is counted is what is sent.
    getting = url::retrieve(web + "fields", "/fields");
    const url::retrieved fields = co_await std::move(getting);
    reading = in_file("/fields");
    const std::string said = co_await std::move(reading);
    EXPECT_THAT(said, testing::HasSubstr("Accept-Encoding: identity\r\n"));
}

TEST_F(retrieve, puts_content_into_a_file) {
    with_servers(&retrieve::get_whole);
}

io::task<> retrieve::get_less() {
    std::uint64_t got = 0;
    std::uint64_t size = 0;
    try {
        io::task<url::retrieved> getting = opens.retrieve(web + "short", "/file");
        co_await std::move(getting);
    } catch (const url::content_too_short& error) {
        got = error.got();
        size = error.size();
    }
    EXPECT_EQ(got, 400U);
    EXPECT_EQ(size, 1000U);
    io::task<std::string> reading = in_file("/file");
    const std::string text = co_await std::move(reading);
    EXPECT_EQ(text, "none");
}

TEST_F(retrieve, leaves_nothing_of_what_was_cut_off) {
    with_servers(&retrieve::get_less);
}

io::task<> retrieve::get_nothing() {
    bool has_failed = false;
    try {
        io::task<url::retrieved> getting = opens.retrieve(web + "missing", "/file");
        co_await std::move(getting);
    } catch (const url::error_answer&) {
        has_failed = true;
    }
    EXPECT_TRUE(has_failed);
    io::task<std::string> reading = in_file("/file");
    const std::string text = co_await std::move(reading);
    EXPECT_EQ(text, "none");
}

TEST_F(retrieve, makes_no_file_of_an_error) {
    with_servers(&retrieve::get_nothing);
}

/// A source that says more than it has, without an error of its own.
TEST_F(retrieve, counts_what_comes) {
    class nothing final : public url::content_source {
     public:
        io::task<zocalo::const_buffer> read() override { co_return zocalo::const_buffer(); }
    };
    opens.add("empty", [](http::request what) -> io::task<url::opened> {
        url::opened page(what.url, std::make_unique<nothing>(), 5);
        co_return page;
    });
    EXPECT_THROW((void)opens.retrieve("empty:a", "/tmp/zocalo-never-made").get(),
                 url::content_too_short);
}

}  // namespace
