// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/download.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/world.hpp"

/// A server whose files are downloaded in virtual time: there are pauses between the attempts.
namespace zocalo::tests {

/// Serves a text in ranges, and breaks off where it is told to.
struct shelf {
    std::string text;
    std::string tag = "\"1\"";
    bool knows_ranges = true;
    std::size_t breaks = 0;                ///< so many responses are broken off ...
    std::size_t behind = 10'000;           ///< ... behind so many bytes
    std::string modified = {};             ///< Last-Modified
    std::vector<std::string> ranges = {};  ///< that were asked for
    /// Asked before each answer: whether it has given that itself.
    std::function<bool(http::exchange& asked)> instead = {};

    io::task<> answer(http::exchange& asked) {
        const http::fields& says = asked.request().fields;
        ranges.emplace_back(says.get("Range"));
        if (instead && instead(asked)) co_return;
        const std::string_view version = says.get("If-Range");
        const bool is_same = version == tag || version.empty();
        const std::string all = text;  // it may change meanwhile
        std::string_view rest = all;
        if (!tag.empty()) asked.response().fields.set("ETag", tag);
        if (!modified.empty()) asked.response().fields.set("Last-Modified", modified);
        if (knows_ranges) asked.response().fields.set("Accept-Ranges", "bytes");
        if (knows_ranges && is_same && says.contains("Range")) {
            const auto chosen = http::choose_ranges(says.get("Range"), text.size());
            http::content_range where{.size = text.size()};
            if (chosen.answer == http::range_answer::none) {
                asked.response().fields.set("Content-Range", where.to_string());
                asked.reply(http::status::range_not_satisfiable);
                co_return;
            }
            where.part = chosen.parts.at(0);
            rest = rest.substr(where.part->first, where.part->last - where.part->first + 1);
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

inline std::string any_text(std::size_t size) {
    std::string text;
    for (std::uint64_t number = 1; text.size() < size;) {
        number = (number * 1664525 + 1013904223) & 0xFFFFFFFF;
        text += static_cast<char>(number >> 24);
    }
    return text;
}

class downloads : public testing::Test {
 public:
    template <class Test>
    void with_shelf(io::task<> (Test::*what)(std::string url)) {
        http::site site;
        site.routes.get("/", [this](http::exchange& asked) { return books.answer(asked); });
        serve::server running(site.handler());
        sim::world world(1);
        world.host("here").run(with_server(running, [&](serve::server&, net::endpoint where) {
            return finish(what, "http://" + where.to_string() + "/");
        }));
    }
    template <class Test>
    io::task<> finish(io::task<> (Test::*what)(std::string url), std::string url) {
        io::task<> talking = (static_cast<Test*>(this)->*what)(std::move(url));
        co_await std::move(talking);
        asks.close_resting();
    }
    /// Downloads, and holds what is in the file against the text.
    io::task<http::downloaded> fetch(std::string url, http::download_options options = {}) {
        http::request what{.url = std::move(url)};
        io::task<http::downloaded> getting = http::download(asks, what, "/file", options);
        http::downloaded got = co_await std::move(getting);
        EXPECT_EQ(got.size, books.text.size());
        io::task<std::string> reading = io::read_file("/file", std::size_t{8} << 20);
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

    shelf books{any_text(100'000)};
    http::client asks;
};

}  // namespace zocalo::tests
