// SPDX-License-Identifier: MIT
#include "fetch/mirror_robots.hpp"

#include <chrono>
#include <utility>

#include "zocalo/http/robots.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

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

namespace {

std::string server_of(const url::uri& where) {
    url::uri_parts parts = where.without_fragment().without_user_info().parts();
    parts.path.clear();
    parts.query.reset();
    return url::uri::from(parts).to_string();
}

}  // namespace

io::task<robots_book::entry*> robots_book::of(session& with, url::uri where) {
    entry& own = all_[server_of(where)];
    io::task<io::semaphore::permit> waiting = own.asking.lock();
    const io::semaphore::permit turn = co_await std::move(waiting);
    if (own.rules) co_return &own;
    try {
        io::task<url::robots> asking = robots_of(with, where);
        own.rules = co_await std::move(asking);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception& error) {
        own.why = error.what();
    }
    if (!own.rules) own.rules = url::robots::nothing();
    co_return &own;
}

const url::robots* robots_book::known(const url::uri& where) const {
    const auto found = all_.find(server_of(where));
    return found != all_.end() && found->second.rules ? &*found->second.rules : nullptr;
}

}  // namespace zocalo::program
