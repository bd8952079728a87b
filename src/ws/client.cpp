// SPDX-License-Identifier: MIT
#include "zocalo/ws/client.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include "zocalo/core/escape.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::ws {

namespace {

/// ws is http, and wss is https, for everything that comes before the first frame (§3, §4.1).
std::string url_of_handshake(std::string_view url) {
    const url::uri where = url::uri::parse(url);
    if (where.fragment()) throw std::invalid_argument("a URL with a fragment: " + quoted(url));
    const std::size_t rest = url.find(':');
    std::string_view scheme;
    if (where.has_scheme("ws") || where.has_scheme("http")) scheme = "http";
    if (where.has_scheme("wss") || where.has_scheme("https")) scheme = "https";
    if (scheme.empty()) throw std::invalid_argument("no URL of a WebSocket: " + quoted(url));
    return std::string(scheme).append(url.substr(rest));
}

http::request request_for(std::string_view url, const std::string& key, connect_options options) {
    http::request asked;
    asked.url = url_of_handshake(url);
    asked.fields = std::move(options.fields);
    asked.secrets = std::move(options.secrets);
    asked.login = std::move(options.login);
    asked.tunnel = true;
    asked.versions = options.versions;
    asked.reported = std::move(options.reported);
    asked.protocol = "websocket";
    asked.upgrade_fields.set("Sec-WebSocket-Key", key);
    add_request_fields(asked.fields, options.wish);
    return asked;
}

agreement read_answer(const http::response_stream& answer, const std::string& key,
                      const wishes& wish) {
    const bool is_http_2 = answer.head().version == http::version::http_2;
    const bool is_agreed = is_http_2 ? http::is_success(answer.status())
                                     : answer.status() == http::status::switching_protocols;
    if (!is_agreed && http::is_error(answer.status()))
        throw http::error_response(answer.status(), answer.url());
    if (!is_agreed) {
        throw protocol_error(answer.url() + ": no WebSocket is there, for the answer is " +
                             std::to_string(http::number(answer.status())));
    }
    if (is_http_2) return read_response(answer.fields(), wish);
    return read_response(answer.fields(), key, wish);
}

io::task<> talk_over(opened made, dialogue talk, connection_options options) {
    connection peer(std::move(made.stream), std::move(made.agreed), options);
    io::task<> talking = peer.run(talk(peer));
    co_await std::move(talking);
}

}  // namespace

io::task<opened> open(http::client& by, std::string url, connect_options options) {
    const std::string key = make_key();
    const wishes wish = options.wish;
    io::task<http::response_stream> asking = by.open(request_for(url, key, std::move(options)));
    http::response_stream answer = co_await std::move(asking);
    opened made;
    made.agreed = read_answer(answer, key, wish);
    made.url = answer.url();
    made.fields = answer.fields();
    made.version = answer.head().version;
    made.stream = answer.take_over();
    co_return made;
}

io::task<> connect(http::client& by, std::string url, dialogue talk, connect_options options) {
    const connection_options how = options.connection;
    io::task<opened> opening = open(by, std::move(url), std::move(options));
    opened made = co_await std::move(opening);
    io::task<> talking = talk_over(std::move(made), std::move(talk), how);
    co_await std::move(talking);
}

io::task<> connect(std::string url, dialogue talk, connect_options options) {
    http::client by;
    io::task<> talking = connect(by, std::move(url), std::move(talk), std::move(options));
    co_await std::move(talking);
}

}  // namespace zocalo::ws
