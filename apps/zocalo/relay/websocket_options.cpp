// SPDX-License-Identifier: MIT
#include "relay/websocket_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "duration.hpp"
#include "relay/dial.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::program {

bool is_websocket(std::string_view target) noexcept {
    const std::string_view scheme = target.substr(0, target.find("//"));
    return http::same_name(scheme, "ws:") || is_secure_websocket(target);
}

bool is_secure_websocket(std::string_view target) noexcept {
    return http::same_name(target.substr(0, target.find("//")), "wss:");
}

void add_websocket_options(CLI::App& command, websocket_choice& choice) {
    auto* field = command
                      .add_option("-H,--header", choice.fields,
                                  "A field of the handshake, \"Name: value\"; @FILE has many")
                      ->type_name("FIELD");
    auto* subprotocol = command
                            .add_option("--subprotocol", choice.subprotocols,
                                        "What is spoken, the best first: chat.v2,chat.v1")
                            ->type_name("NAME")
                            ->delimiter(',');
    auto* binary = command.add_flag("--binary", choice.binary,
                                    "The whole input is one binary message; otherwise each line "
                                    "is a text message");
    auto* null = command
                     .add_flag("-0,--null", choice.null,
                               "Messages end in a NUL instead of a newline, those that come, too")
                     ->excludes(binary);
    auto* ping = add_duration(command, "--ping", choice.ping_every,
                              "Ping a server that has said nothing so long (default 25s)");
    for (auto* option : {field, subprotocol, binary, null, ping}) {
        option->group("WebSocket (ws:// and wss://)");
        if (option != field && option != subprotocol) continue;
        option->allow_extra_args(false);  // or the host would be one of them
    }
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
