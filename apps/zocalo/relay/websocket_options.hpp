// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/ws/engine.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

struct connect_request;
struct link_options;

/// What `connect ws://...` and `listen --ws` are told beside what they are told of every
/// connection.
struct websocket_choice {
    bool wanted = false;               // listen
    std::vector<std::string> origins;  // listen
    std::vector<std::string> fields;   // connect: -H
    std::vector<std::string> subprotocols;
    bool binary = false;
    bool null = false;  // -0
    timeout ping_every = std::chrono::seconds(25);
};

/// Whether that begins with `ws://` or `wss://`, in whatever letters.
[[nodiscard]] bool is_websocket(std::string_view target) noexcept;

/// The latter of both.
[[nodiscard]] bool is_secure_websocket(std::string_view target) noexcept;

/// For messages that come, which are kept until they are whole.
[[nodiscard]] ws::limits message_limits();

/// Declare the options.
void add_websocket_server_options(CLI::App& command, websocket_choice& choice);
void add_websocket_options(CLI::App& command, websocket_choice& choice);

/// Throws CLI::ValidationError for options that do not go together with a WebSocket.
void check_websocket(const connect_request& request);
/// The same for those that make no sense without one.
void check_no_websocket(const connect_request& request);
/// Both for a listener.
void check_websocket_server(const link_options& link, const websocket_choice& choice);

}  // namespace zocalo::program
