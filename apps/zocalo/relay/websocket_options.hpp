// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

struct connect_request;

/// What `connect ws://...` is told beside what it is told of every connection.
struct websocket_choice {
    std::vector<std::string> fields;  // -H
    std::vector<std::string> subprotocols;
    bool binary = false;
    bool null = false;  // -0
    timeout ping_every = std::chrono::seconds(25);
};

/// Whether that begins with `ws://` or `wss://`, in whatever letters.
[[nodiscard]] bool is_websocket(std::string_view target) noexcept;

/// The latter of both.
[[nodiscard]] bool is_secure_websocket(std::string_view target) noexcept;

/// Declares the options.
void add_websocket_options(CLI::App& command, websocket_choice& choice);

/// Throws CLI::ValidationError for options that do not go together with a WebSocket.
void check_websocket(const connect_request& request);
/// The same for those that make no sense without one.
void check_no_websocket(const connect_request& request);

}  // namespace zocalo::program
