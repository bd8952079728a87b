// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "relay/child.hpp"
#include "relay/relay.hpp"
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

/// Standard input and output as the local side of a conversation.
class console {
 public:
    explicit console(const link_options& options);

    [[nodiscard]] channel& side() noexcept { return channel_; }
    [[nodiscard]] bool is_interactive() const noexcept { return input_is_terminal_; }

    /// Sets the filters that the options and the terminal ask for.
    void equip(relay& conversation) const;

 private:
    const link_options& options_;
    descriptor_channel channel_{0, 1};
    bool input_is_terminal_;
    bool output_is_terminal_;
};

/// A program as the local side of a conversation: one socket is its input and its output.
class program_side {
 public:
    /// Starts it; `peer` and `here` go into its environment as ZOCALO_PEER and ZOCALO_LOCAL.
    program_side(const std::vector<std::string>& arguments, bool packets, const net::endpoint& peer,
                 const net::endpoint& here);

    [[nodiscard]] channel& side() noexcept { return channel_; }
    [[nodiscard]] child& process() noexcept { return process_; }

 private:
    program_side(std::pair<net::socket, net::socket> ends,
                 const std::vector<std::string>& arguments,
                 const std::vector<std::string>& settings);

    net::socket ours_;
    child process_;
    socket_channel channel_{ours_};
};

}  // namespace zocalo::program
