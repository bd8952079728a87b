// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/serve/fleet.hpp"
#include "zocalo/serve/privileges.hpp"

/// What the main() of a server does: one call from its start to its end.
namespace zocalo::serve {

/// All but the addresses has a default.
struct run_options {
    /// Where to listen. Not used when the process is given its sockets: by systemd, or by the
    /// process that it replaces.
    std::vector<net::endpoint> addresses = {};
    net::listen_options listen = {};
    serve::fleet_options fleet = {};

    /// Who to be once the sockets are there; empty: whoever it is.
    std::string user = {};
    /// With `user`: the folder that is all that there is of files from then on (chroot(2)); not
    /// with `hand_over`, whose path would be another one for each of the two.
    std::string root = {};
    /// The files that it can open from then on, within `root`: see confine(). The folder of
    /// `hand_over` is added. Default: all that `user` can.
    std::optional<file_access> files = std::nullopt;
    /// A Unix path: takes over from the process that waits there, then waits there itself for the
    /// next one. Empty: neither. `user` has to be able to open it; a first process that cannot does
    /// not begin. The service manager is told who goes on. The path is left when nobody does.
    std::string hand_over = {};

    /// It is about to serve; the fleet is there until run() ends, for whoever asks its counters.
    std::function<void(const serve::fleet& servers)> begins = {};
    /// It serves, at these addresses.
    std::function<void(std::span<const net::endpoint> where)> ready = {};
    /// Another process goes on: what it needs, as the files of Unix sockets, is to stay. run() ends
    /// when the connections of this one have.
    std::function<void()> taken_over = {};
    /// SIGHUP: read the configuration again: fleet::replace() for limits,
    /// tls::server_context::replace() for certificates. What it throws is told to the service
    /// manager, and the server goes on as it was.
    std::function<void(serve::fleet& servers)> reload = {};
};

/// Serves on every core until it is told to end; what was counted.
///
/// SIGTERM and SIGINT end it in an orderly way, within `limits.drain`; a second one ends it now.
/// SIGHUP reloads. Another process that takes over ends it too. systemd is told when it is ready,
/// reloads and stops; it may have opened the sockets. Call it from main() before there are other
/// threads. Throws what fleet, take_over, drop_privileges() and confine() throw, and
/// std::invalid_argument for options that contradict each other.
serve::counters run(const handler& talk, const run_options& options);

}  // namespace zocalo::serve
