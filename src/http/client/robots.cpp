// SPDX-License-Identifier: MIT
#include "zocalo/http/robots.hpp"

#include "zocalo/http/client.hpp"

namespace zocalo::http {

namespace {

constexpr std::size_t most_redirects = 5;

/// Of a site that has none, or whose own could not be fetched.
url::robots unread(status answer) {
    return answer < status::internal_server_error ? url::robots() : url::robots::nothing();
}

}  // namespace

io::task<url::robots> fetch_robots(client& by, url::origin from) {
    http::request what;
    what.url = from.to_string() + "/robots.txt";
    what.redirects = most_redirects;
    io::task<response_stream> opening = by.open(std::move(what));
    response_stream answer = co_await std::move(opening);
    if (!is_success(answer.status())) co_return unread(answer.status());
    std::string text;
    while (text.size() <= url::robots::longest) {
        io::task<const_buffer> reading = answer.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        text += piece.text();
    }
    co_return url::robots::parse(text);
}

}  // namespace zocalo::http
