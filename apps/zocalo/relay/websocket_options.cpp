// SPDX-License-Identifier: MIT
#include "relay/websocket_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "checks.hpp"
#include "duration.hpp"
#include "relay/dial.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::program {

bool is_websocket(std::string_view target) noexcept {
    const std::string_view scheme = target.substr(0, target.find("//"));
    return http::same_name(scheme, "ws:") || is_secure_websocket(target);
}

bool is_secure_websocket(std::string_view target) noexcept {
    return http::same_name(target.substr(0, target.find("//")), "wss:");
}

namespace {

void take_one(CLI::Option* option) {
    option->allow_extra_args(false);  // or the host would be one of them
}

/// What both ends have.
std::string check_subprotocol(const std::string& text) {
    return http::is_token(text) ? std::string() : "no name of a protocol: " + quoted(text);
}

void add_message_options(CLI::App& command, websocket_choice& choice, const char* group) {
    auto* subprotocol = command
                            .add_option("--subprotocol", choice.subprotocols,
                                        "What is spoken, the best first: chat.v2,chat.v1")
                            ->type_name("NAME")
                            ->check(check_subprotocol)
                            ->delimiter(',');
    take_one(subprotocol);
    auto* binary = command.add_flag("--binary", choice.binary,
                                    "The whole input is one binary message; otherwise each line "
                                    "is a text message");
    auto* null = command
                     .add_flag("-0,--null", choice.null,
                               "Messages end in a NUL instead of a newline, those that come, too")
                     ->excludes(binary);
    auto* ping = add_duration(command, "--ping", choice.ping_every,
                              "Ping a peer that has said nothing so long (default 25s)");
    for (auto* option : {subprotocol, binary, null, ping})
        option->group(group);
}

}  // namespace

ws::limits message_limits() {
    constexpr std::size_t longest_message = std::size_t{64} * 1024 * 1024;
    ws::limits all;
    all.message = all.frame = longest_message;
    return all;
}

void add_websocket_options(CLI::App& command, websocket_choice& choice) {
    constexpr const char* group = "WebSocket (ws:// and wss://)";
    auto* field = command
                      .add_option("-H,--header", choice.fields,
                                  "A field of the handshake, \"Name: value\"; @FILE has many")
                      ->type_name("FIELD")
                      ->group(group);
    take_one(field);
    add_message_options(command, choice, group);
}

void add_websocket_server_options(CLI::App& command, websocket_choice& choice) {
    constexpr const char* group = "WebSocket";
    command
        .add_flag("--ws", choice.wanted,
                  "Clients speak WebSocket, at any path: each line is a message")
        ->group(group);
    auto* origin = command
                       .add_option("--origin", choice.origins,
                                   "Pages of these may connect, too: https://example.org; * is all")
                       ->type_name("ORIGIN,...")
                       ->delimiter(',')
                       ->check(check_origin)
                       ->group(group);
    take_one(origin);
    add_message_options(command, choice, group);
}

void check_websocket_server(const link_options& link, const websocket_choice& choice) {
    const bool has_lists = !choice.subprotocols.empty() || !choice.origins.empty();
    if (!choice.wanted && (choice.binary || choice.null || has_lists))
        throw CLI::ValidationError("--subprotocol, --origin, --binary and -0: only with --ws");
    if (!choice.wanted) return;
    if (link.udp) throw CLI::ValidationError("--ws wants connections: not with -u");
    if (link.crlf)
        throw CLI::ValidationError("--crlf: a message of a WebSocket has no end of line");
}

void check_no_websocket(const connect_request& request) {
    const websocket_choice& choice = request.websocket;
    const bool is_used = choice.binary || choice.null;
    if (is_used || !choice.fields.empty() || !choice.subprotocols.empty())
        throw CLI::ValidationError(
            "-H, --subprotocol, --binary and -0: only with ws:// and wss://");
}

void check_websocket(const connect_request& request) {
    struct clash {
        bool is_there;
        const char* what;
    };
    const clash clashes[] = {
        {!request.port.empty(), "the URL says the port"},
        {request.udp || request.local || request.vsock, "-u, -U and --vsock: not with a WebSocket"},
        {request.probe, "-z tries ports: not with a WebSocket"},
        {request.crlf, "--crlf: a message of a WebSocket has no end of line"},
        {request.tls.wanted, "--ssl: a URL with wss:// says it"},
        {!request.tls.protocols.empty(), "--ssl-alpn: not with a WebSocket"},
    };
    const auto* const found =
        std::ranges::find_if(clashes, [](const clash& each) { return each.is_there; });
    if (found != std::end(clashes)) throw CLI::ValidationError(found->what);
}

}  // namespace zocalo::program
