// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/gopher/client.hpp"
#include "zocalo/gopher/engine.hpp"
#include "zocalo/gopher/gophermap.hpp"
#include "zocalo/gopher/server.hpp"
#include "zocalo/gopher/types.hpp"

/// Gopher: menus of texts, files, searches and further menus, from before the web (1991).
///
/// RFC 1436 is the protocol, RFC 4266 are its URLs, Gopher+ (1993) and TLS are what came later. The
/// smallest complete protocol of this library, and the one to copy when you make another:
/// docs/new-protocol.md goes through it.
///
/// A client:
///
///     zocalo::gopher::client client;
///     for (const auto& item : client.menu("gopher://localhost:7070/").get())
///         std::cout << item.name << '\n';
///
/// A server:
///
///     zocalo::serve::run_options options;
///     options.addresses = {zocalo::net::endpoint::parse("127.0.0.1:7070")};
///     zocalo::serve::run(zocalo::gopher::talk(zocalo::gopher::make_folder({.path = "."})),
///                        options);
///
/// - types.hpp: items, menus, requests, locations, all of them values
/// - engine.hpp: what is read, without I/O
/// - client.hpp, server.hpp: who does it
/// - gophermap.hpp: menus written by hand
namespace zocalo::gopher {}
