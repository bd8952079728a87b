// SPDX-License-Identifier: MIT
#include "serve/names.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "zocalo/io/timeout.hpp"
#include "zocalo/serve/connection.hpp"

namespace zocalo::program {

namespace {

/// What comes next; nothing at the end, and when a client that has begun says no more.
io::task<std::string> read_piece(io::stream& from, bool has_begun) {
    const timeout quiet = has_begun ? timeout(std::chrono::milliseconds(200)) : timeout::none();
    try {
        io::task<io::chunk> next = io::timeout(quiet, from.read());
        const io::chunk piece = co_await std::move(next);
        co_return std::string(piece.text());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out) throw;
    }
    co_return std::string();
}

}  // namespace

io::task<> keep_name(client_list& in, client_list_limits limits, serve::connection& client) {
    std::string name;
    for (bool goes_on = true; goes_on;) {
        const std::string piece = co_await read_piece(client.stream(), !name.empty());
        name += piece;
        goes_on =
            !piece.empty() && name.find('\n') == std::string::npos && name.size() <= limits.length;
    }
    name.resize(std::min({name.find('\n'), name.size(), limits.length}));
    if (name.ends_with('\r')) name.pop_back();
    in.add(name);
    const std::string answer = in.to_json();
    co_await client.stream().write(answer);
}

}  // namespace zocalo::program
