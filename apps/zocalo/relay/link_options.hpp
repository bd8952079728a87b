// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "relay/tls_options.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

namespace zocalo::program {

class traffic_log;

/// The options that `connect` and `listen` share, named as in ncat.
struct link_options {
    bool udp = false;
    bool local = false;  // -U: unix sockets
    bool vsock = false;
    bool v4 = false;
    bool v6 = false;
    bool numeric = false;
    bool send_only = false;
    bool recv_only = false;
    bool crlf = false;
    bool hex = false;
    bool raw = false;
    bool no_shutdown = false;
    std::string output;
    std::optional<std::string> command;
    std::optional<std::string> shell_command;
    tls_choice tls;
    timeout wait = timeout::none();
    timeout idle = timeout::none();
    timeout quit = timeout::none();
    timeout limit = timeout::none();  // --max-time

    [[nodiscard]] net::family family() const noexcept;
    [[nodiscard]] net::type type() const noexcept;
    /// The program to run for each connection, if one is wanted.
    [[nodiscard]] std::optional<std::vector<std::string>> program() const;
    /// Whether stderr has room for a line of progress: -v asks for it, and nothing else writes
    /// there.
    [[nodiscard]] bool wants_progress(const context& shared) const;
    /// Where traffic is recorded, or nothing.
    [[nodiscard]] std::unique_ptr<traffic_log> open_log() const;
};

/// Where options that take a time are listed.
inline constexpr const char* link_time_group = "Time (seconds, or with a unit: 200ms, 5s, 2m, 1h)";

/// Declares them.
void add_link_options(CLI::App& command, link_options& options);

/// `@name` is an abstract name, everything else a path.
[[nodiscard]] net::endpoint local_endpoint(const std::string& path);

/// `CID` and `PORT` of a vsock; the context may be `local`, `host` or `any`.
[[nodiscard]] net::endpoint vsock_endpoint(const std::string& context, const std::string& port);

}  // namespace zocalo::program
