// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/http/client.hpp"
#include "zocalo/http/client_connection.hpp"
#include "zocalo/http/content_stream.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/event_sender.hpp"
#include "zocalo/http/event_source.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/http/types.hpp"

/// HTTP: documents, and anything else, by request and response (RFC 9110), in HTTP/1.1 (RFC 9112)
/// and HTTP/2 (RFC 9113).
///
/// A server:
///
///     zocalo::http::site site;
///     site.routes.get("/hello/{name}", [](zocalo::http::exchange& asked) {
///         asked.reply("Hello, " + asked.parameter("name") + "!\n");
///     });
///     zocalo::serve::run_options options;
///     options.addresses = {zocalo::net::endpoint::parse("127.0.0.1:8080")};
///     zocalo::serve::run(site.handler(), options);
///
/// A client:
///
///     zocalo::http::client client;
///     std::cout << client.get("http://localhost:8080/hello/you").get().content;
///
/// The same step by step:
///
///     zocalo::http::client_connection server(zocalo::io::connect("localhost", "8080").get());
///     server.send({.target = "/hello/you", .fields = {{"Host", "localhost:8080"}}});
///     server.receive().get();
///     std::cout << server.content(65536).get();
///
/// - types.hpp: methods, statuses, fields, heads and dates, all of them values
/// - engine.hpp: what is received and sent, without I/O
/// - http2_engine.hpp, which is not among the headers here: the same of HTTP/2
/// - download.hpp, nor is this: a file that can be gone on with, in segments
/// - server.hpp, exchange.hpp, routes.hpp: who answers
/// - folder.hpp, filters.hpp: a folder as a part of a site; passwords, CORS, compression
/// - client.hpp, request.hpp, body.hpp, response.hpp, proxy_rules.hpp: who asks
/// - event_sender.hpp, event_source.hpp: events as they happen, and who hears them
/// - content_stream.hpp: content line by line, and in pieces of a size
/// - client_connection.hpp: the same on one connection, without any policy
namespace zocalo::http {}
