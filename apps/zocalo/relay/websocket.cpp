// SPDX-License-Identifier: MIT
#include "relay/websocket.hpp"

#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <utility>

#include "fetch/web_options.hpp"
#include "relay/local_side.hpp"
#include "relay/websocket_talk.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/ws/client.hpp"

namespace zocalo::program {

namespace {

/// A message that comes, which is kept until it is whole.
constexpr std::size_t longest_message = std::size_t{64} * 1024 * 1024;

http::client_options options_for(const connect_request& request, io::resolver& names) {
    http::client_options how;
    how.tls = client_context(request.tls);
    if (request.proxy.wanted())
        how.proxies = {.http = proxy_of(request.proxy), .https = proxy_of(request.proxy)};
    how.proxy_tls = proxy_context(request.proxy);
    how.connect.family = request.family();
    how.connect.resolver = &names;
    how.connect.exceptions = request.exceptions;
    how.connect_within = shorter(how.connect_within, request.wait);
    how.within = request.wait;
    return how;
}

ws::connect_options handshake_of(const connect_request& request) {
    web_options given;
    given.fields = request.websocket.fields;
    ws::connect_options how;
    how.fields = fields_of(given);
    how.wish.subprotocols = request.websocket.subprotocols;
    how.connection.ping_every = request.websocket.ping_every;
    how.connection.limits.message = longest_message;
    how.connection.limits.frame = longest_message;
    return how;
}

io::task<> open(const connect_request& request, std::optional<ws::opened>& made) {
    io::resolver names({.hosts = request.overrides, .cache_size = 0});
    http::client by(options_for(request, names));
    io::task<ws::opened> opening = ws::open(by, request.host, handshake_of(request));
    made = co_await std::move(opening);
}

void tell_handshake(const context& shared, const ws::opened& made) {
    say(shared, 1,
        fmt::format("connected to {} from {}", made.stream.peer_endpoint().to_string(),
                    made.stream.local_endpoint().to_string()));
    if (const auto secured = tls::try_get_info(made.stream)) say(shared, 1, to_text(*secured));
    const std::string& spoken = made.agreed.subprotocol;
    say(shared, 1,
        fmt::format("WebSocket over {}, {}, {}", to_text(made.version),
                    spoken.empty() ? "no subprotocol" : escaped(spoken),
                    made.agreed.deflate ? "compressed" : "not compressed"));
    for (const http::field each : made.fields)
        say(shared, 2, fmt::format("< {}: {}", escaped(each.name), escaped(each.value)));
}

/// How the peer has closed.
void tell_end(context& shared, const ws::connection& peer) {
    const auto& said = peer.peer_reason();
    if (!said) return;
    const bool is_well =
        said->code == ws::close_code::normal || said->code == ws::close_code::no_status;
    const std::string why = said->text.empty() ? "" : ": " + escaped(said->text);
    const std::string code = said->code == ws::close_code::no_status
                                 ? "no code"
                                 : std::to_string(ws::number(said->code));
    const std::string line = fmt::format("closed by the peer with {}{}", code, why);
    if (is_well) {
        say(shared, 1, line);
    } else {
        std::cerr << fmt::format("zocalo: {}\n", line);
        shared.status = exit_code::refused;
    }
}

io::task<> talk(const connect_request& request, context& shared, local_side& side,
                ws::opened& made) {
    local_end mine = side.open(made.stream.peer_endpoint(), made.stream.local_endpoint(), false);
    ws::connection peer(std::move(made.stream), std::move(made.agreed),
                        handshake_of(request).connection);
    websocket_talk talking(request, shared, side, mine.stream, peer);
    io::task<> all = peer.run(talking.dialogue());
    co_await io::any(std::move(all), talking.keep_idle_limit());
    const double took = std::chrono::duration<double>(talking.moves().age()).count();
    side.tell(1, fmt::format("{} messages sent, {} messages received in {:.3f} seconds",
                             talking.sent(), talking.received(), took));
    if (!side.stop().is_set()) tell_end(shared, peer);
    io::task<> parting = side.part(mine);
    co_await std::move(parting);
}

io::task<> open_and_talk(const connect_request& request, context& shared, io::event& stop) {
    local_side side(request, shared, true, stop);
    std::optional<ws::opened> made;
    co_await io::any(open(request, made), stop.wait());
    if (!made) co_return;
    tell_handshake(shared, *made);
    co_await side.run(talk(request, shared, side, *made));
}

io::task<> end_of_time(const connect_request& request) {
    co_await io::sleep(request.limit);
    throw std::system_error(std::make_error_code(std::errc::timed_out),
                            "talk with " + escaped(request.host) + " (--max-time is over)");
}

}  // namespace

io::task<> connect_websocket(const connect_request& request, context& shared, io::event& stop) {
    co_await io::any(open_and_talk(request, shared, stop), end_of_time(request));
}

}  // namespace zocalo::program
