// SPDX-License-Identifier: MIT
#include "relay/websocket.hpp"

#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "fetch/web_options.hpp"
#include "relay/local_side.hpp"
#include "relay/websocket_talk.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/name_service.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/url/uri.hpp"
#include "zocalo/ws/client.hpp"

namespace zocalo::program {

namespace {

/// Who is asked for names where nobody is to be asked.
class no_names final : public io::name_service {
 public:
    io::task<net::dns::answer> ask(std::string name, net::dns::type /*which*/) override {
        throw std::system_error(net::name_errc::no_name, "look up " + quoted(name));
    }
};

io::resolver_options names_for(const connect_request& request) {
    io::resolver_options how;
    how.hosts = request.overrides;
    how.cache_size = 0;
    if (!request.numeric) return how;
    how.services = {std::make_shared<no_names>()};
    how.hosts_file = how.search = false;
    return how;
}

http::client_options options_for(const connect_request& request) {
    http::client_options how;
    how.tls = client_context(request.tls);
    if (request.proxy.wanted())
        how.proxies = {.http = proxy_of(request.proxy), .https = proxy_of(request.proxy)};
    how.proxy_tls = proxy_context(request.proxy);
    how.connect_within = shorter(how.connect_within, request.wait);
    how.within = request.wait;
    // There is no second connection from a port, by HTTP/1.1 where HTTP/2 does not do.
    if (!request.source_port.empty()) how.versions = http::versions::http_1_1;
    return how;
}

/// A server that has to prove another name is asked for under that, where the URL's host is.
std::string with_other_name(const connect_request& request, http::fields& fields,
                            std::vector<io::connect_override>& exceptions) {
    const std::string& name = request.tls.server_name;
    if (name.empty()) return request.host;
    url::uri_parts parts = url::uri::parse(request.host).parts();
    const std::string host = parts.host.value_or("");
    const std::uint16_t port = parts.port.value_or(443);
    const net::host_port there = io::redirected({host, port}, request.exceptions);
    const auto to_port = from_digits<std::uint16_t>(there.service());
    exceptions.insert(
        exceptions.begin(),
        {.host = name, .port = port, .to_host = there.host(), .to_port = to_port.value_or(port)});
    if (!fields.contains("Host"))
        fields.add("Host", port == 443 ? host : host + ":" + std::to_string(port));
    parts.host = name;
    return url::uri::from(parts).to_string_with_user_info();
}

ws::connect_options handshake_of(const connect_request& request) {
    web_options given;
    given.fields = request.websocket.fields;
    ws::connect_options how;
    web_fields said = fields_of(given);
    if (!said.without.empty())
        throw std::invalid_argument("-H " + quoted(said.without.front() + ":") +
                                    ": a field without a value is \"NAME;\"");
    how.fields = std::move(said.sent);
    how.wish.subprotocols = request.websocket.subprotocols;
    how.connection.ping_every = request.websocket.ping_every;
    how.connection.limits = message_limits();
    return how;
}

io::task<> open(const connect_request& request, const context& shared,
                std::optional<ws::opened>& made) {
    io::resolver names(names_for(request));
    http::client_options how = options_for(request);
    io::task<io::connect_options> asking = way_to_host(request, names);
    how.connect = co_await std::move(asking);
    ws::connect_options wanted = handshake_of(request);
    const std::string where = with_other_name(request, wanted.fields, how.connect.exceptions);
    wanted.reported = [&request, &shared](const net::connect_report& told) {
        tell_story(request, shared, told);
    };
    http::client by(std::move(how));
    io::task<ws::opened> opening = ws::open(by, where, std::move(wanted));
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
    websocket_talk talking(request, request.websocket, shared, side, mine.stream, peer,
                           request.host);
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
    co_await io::any(open(request, shared, made), stop.wait());
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
