// SPDX-License-Identifier: MIT
#include "fetch/mirror_robots.hpp"

#include <chrono>
#include <utility>

#include "zocalo/http/robots.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

namespace {

constexpr std::chrono::seconds within{30};

/// Servers without one say so in all ways that there are; and a site that says nothing of robots
/// asks nothing of them.
io::task<url::robots> robots_of_gopher(session& with, gopher::location where) {
    where.type = gopher::item_type::text;
    where.request = {};
    where.request.selector = "/robots.txt";
    io::task<gopher::answer> asking = with.gopher().fetch(std::move(where));
    const gopher::answer got = co_await std::move(asking);
    if (got.is_error || gopher::is_error_answer(got.data)) co_return url::robots();
    co_return url::robots::parse(got.data);
}

}  // namespace

io::task<url::robots> robots_of(session& with, url::uri start) {
    const auto ask = [&]() {
        if (is_gopher(start.to_string()))
            return robots_of_gopher(with, gopher::location::from(start));
        return http::fetch_robots(with.http(), url::origin::of(start));
    };
    io::task<url::robots> asking = ask();
    io::task<url::robots> limited = io::timeout(within, std::move(asking));
    co_return co_await std::move(limited);
}

}  // namespace zocalo::program
