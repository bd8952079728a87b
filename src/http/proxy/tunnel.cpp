// SPDX-License-Identifier: MIT
#include "http/proxy/tunnel.hpp"

#include <system_error>
#include <utility>

#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

io::task<> pour(io::stream& from, io::stream& to, io::time_point& moved) {
    for (;;) {
        const io::chunk piece = co_await from.read();
        moved = co_await io::now();
        if (piece.empty()) break;
        co_await to.write(const_buffer(piece.data(), piece.size()));
        moved = co_await io::now();
    }
    io::task<> ending = to.finish();
    co_await std::move(ending);
}

io::task<> both(io::stream& one, io::stream& other, io::time_point& moved) {
    auto ways = io::all(pour(one, other, moved), pour(other, one, moved));
    co_await std::move(ways);
}

io::task<> silence(const io::time_point& moved, timeout idle) {
    const auto span = idle.value();
    if (!span) co_await io::sleep(timeout::none());
    for (;;) {
        const io::time_point now = co_await io::now();
        if (now - moved >= *span) co_return;
        co_await io::sleep(timeout(*span - (now - moved)));
    }
}

}  // namespace

/// What breaks on either side is no error of ours: the other side hears the end.
io::task<> join_streams(io::stream& one, io::stream& other, timeout idle) {
    io::time_point moved = co_await io::now();
    try {
        auto first = io::any(both(one, other, moved), silence(moved, idle));
        co_await std::move(first);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return;
    }
}

}  // namespace zocalo::http::detail
