// SPDX-License-Identifier: MIT
#include "zocalo/ws/server.hpp"

#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "zocalo/http/exchange.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::ws {

namespace {

/// What is served at one path.
struct place {
    handler talk;
    serve_options options;
};
using place_ptr = std::shared_ptr<const place>;

/// Closes the connection when the server stops.
io::task<> watch_server(connection& peer, const http::exchange& asked) {
    io::task<> waiting = asked.client().wait_for_drain();
    co_await std::move(waiting);
    io::task<> closing = peer.close(close_code::going_away);
    co_await std::move(closing);
}

/// The dialogue ends by itself, also when the server stops: its handler hears that the peer closes.
io::task<> talk_until_stop(place_ptr at, connection& peer, const http::exchange& asked) {
    io::task<> talking = at->talk(peer, asked);
    io::task<> watching = watch_server(peer, asked);
    io::task<std::variant<std::monostate, std::monostate>> either =
        io::any(std::move(talking), std::move(watching));
    (void)co_await std::move(either);
}

/// What ends a connection and is nothing that went wrong here.
bool is_of_the_network(const std::system_error& error) {
    const std::error_code code = error.code();
    return code == std::errc::connection_reset || code == std::errc::broken_pipe ||
           code == std::errc::timed_out || code == std::errc::connection_aborted;
}

io::task<> talk_with(place_ptr at, http::exchange& asked, agreement agreed) {
    asked.begin();
    io::task<io::stream> taking = asked.take_over();
    io::stream stream = co_await std::move(taking);
    asked.enter(serve::phase::open);
    connection peer(std::move(stream), std::move(agreed), at->options.connection);
    try {
        io::task<> talking = peer.run(talk_until_stop(at, peer, asked));
        co_await std::move(talking);
    } catch (const net::stopped&) {
        throw;
    } catch (const bad_message&) {
        co_return;  // the peer was told
    } catch (const std::system_error& error) {
        if (!is_of_the_network(error)) throw;
    }
}

io::task<> answer(place_ptr at, http::exchange& asked) {
    verdict said = judge(asked.request(), asked.authority(), at->options.terms);
    http::response_head& head = asked.response();
    for (const http::field each : said.fields)
        head.fields.set(each.name, each.value);
    if (!said.is_agreed()) {
        asked.reply(said.status, said.why);
        co_return;
    }
    if (said.status == http::status::switching_protocols) {
        io::task<std::string> reading = asked.content(0);  // what follows are frames
        (void)co_await std::move(reading);
    }
    head.status = said.status;
    io::task<> talking = talk_with(std::move(at), asked, std::move(said.agreed));
    co_await std::move(talking);
}

}  // namespace

void add_route(http::routes& to, std::string_view path, handler talk,
               const serve_options& options) {
    auto made = std::make_shared<place>();
    made->talk = std::move(talk);
    made->options = options;
    const place_ptr at = std::move(made);
    const auto talking = [at](http::exchange& asked) { return answer(at, asked); };
    to.get(path, talking);
    to.add(http::method::connect, path, talking);  // of HTTP/2 (RFC 8441)
}

}  // namespace zocalo::ws
