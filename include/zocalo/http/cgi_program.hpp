// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "zocalo/http/message.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/serve/limits.hpp"
#include "zocalo/serve/peer.hpp"

/// Being a program that a web server runs for a request, by the Common Gateway Interface 1.1
/// (RFC 3875). What runs such programs is http::cgi().
///
///     int main() try {
///         http::site site;
///         site.routes.get("/hello/{name}", [](http::exchange& asked) {
///             asked.reply("Hello, " + asked.parameter("name") + "!\n");
///         });
///         http::run_cgi(site);
///     } catch (const std::exception& error) {
///         std::cerr << error.what() << '\n';
///         return 1;
///     }
namespace zocalo::http {

/// Has a site answer the one request that this process was started for: environment variables and
/// standard input say it, and the response goes to standard output.
///
/// Routes, filters, error pages and limits are those of any site, and content streams both ways.
/// What differs:
///
/// - Paths are what stands behind the program's own name (PATH_INFO), decoded and quoted again; `/`
///   where that is nothing.
/// - It is a request of HTTP/1.0, whatever the client has spoken: no 1xx, no trailers, no other
///   protocol. Fields that concern the connection are dropped both ways, `Proxy` on the way in
///   (httpoxy), Date on the way out, and Location beside 200, which servers take for a redirect of
///   their own.
/// - exchange::client() is as the server says: REMOTE_ADDR and REMOTE_PORT, SERVER_ADDR, and
///   peer::tls without details where HTTPS is on. exchange::user() is REMOTE_USER.
/// - exchange::client_left() waits for ever. A write fails when nobody reads any more.
/// - Most servers take a response without a length that breaks off for a whole one.
///
/// The limits in time are for the server at the other end of the pipes. What it says is believed:
/// it has started this process.
///
/// Throws std::runtime_error when no server has (GATEWAY_INTERFACE is not set), bad_message for
/// what is no request, which is answered as well, and what a handler throws after its response has
/// begun.
void run_cgi(const site& served, const serve::limits& within = {});

/// The same with an environment, `NAME=value` each, and streams of your own, which are closed at
/// the end. `in` is read as far as CONTENT_LENGTH goes. The site and the environment have to
/// outlive it.
[[nodiscard]] io::task<> answer_cgi(const site& served, std::span<const std::string> environment,
                                    io::stream in, io::stream out, serve::limits within = {});

/// What the environment of a CGI program says.
struct cgi_request {
    request_head head;           ///< of HTTP/1.0, with a target that is a path
    std::uint64_t size = 0;      ///< bytes of content
    std::string user = {};       ///< REMOTE_USER
    serve::peer client = {};     ///< REMOTE_ADDR, REMOTE_PORT, HTTPS
    net::endpoint address = {};  ///< SERVER_ADDR, SERVER_PORT; no family where that is not said

    /// Reads `NAME=value` each; of several with one name the first. Throws bad_message for a
    /// method, path, query, length or field that is none.
    [[nodiscard]] static cgi_request parse(std::span<const std::string> environment);
};

}  // namespace zocalo::http
