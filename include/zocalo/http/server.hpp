// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/http/http2_limits.hpp"
#include "zocalo/http/limits.hpp"
#include "zocalo/http/routes.hpp"
#include "zocalo/serve/access_log.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/serve/web_log.hpp"

/// Answering requests over HTTP/1.1 and HTTP/2.
///
///     http::site site;
///     site.routes.get("/hello/{name}", [](http::exchange& asked) {
///         asked.reply("Hello, " + asked.parameter("name") + "!\n");
///     });
///     serve::run(site.handler(), {.addresses = {net::endpoint::parse("127.0.0.1:8080")}});
///
/// A site is what is served: routes and what goes around them. It becomes the handler of a
/// serve::server, a serve::fleet or serve::run(), which listen, count, time and stop as for any
/// protocol. Requests that come in advance are answered in order, and in few pieces. What cannot be
/// understood is answered with 400 and its kin, and the connection closed.
namespace zocalo::http {

/// What comes after a filter: the next one, or the route's handler.
class rest_of_site {
 public:
    [[nodiscard]] io::task<> operator()(exchange& asked) const;

 private:
    friend class detail::dialogue;
    rest_of_site(detail::dialogue& in, std::size_t filter) noexcept : in_(in), filter_(filter) {}

    detail::dialogue& in_;
    std::size_t filter_;
};

/// Goes around every handler: looks at a request, and lets it pass with `co_await rest(asked)`, or
/// replies itself. What is behind `rest` has replied when that is over, or an exception comes out.
using filter = std::function<io::task<>(exchange& asked, const rest_of_site& rest)>;

/// The content of a response that is an error.
struct error_page {
    std::string content;
    std::string type;
};

/// A small page without scripts for browsers, and a line of text for everybody else (Accept). `why`
/// is shown in place of the status's words, or below them.
[[nodiscard]] error_page make_error_page(exchange& asked, http::status answer,
                                         std::string_view why);

/// What is served. It must not change once it is; then it may serve several loops at once, whose
/// threads call its functions.
class site {
 public:
    http::routes routes;
    /// The first one is the outermost.
    std::vector<filter> filters;
    http::limits limits;
    /// Content that a handler has not read is read, and dropped, up to so many bytes; beyond that
    /// the connection is closed after the reply.
    std::size_t drop_content = 65536;
    /// Whether HTTP/2 is spoken too: with who has chosen `h2` in TLS (tls::server_options::alpn has
    /// to offer it), and without TLS with who begins in it (RFC 9113 §3.3).
    bool http_2 = true;
    /// Whether HTTP/1.1 is. Without it, who asks in it is told so (505), and
    /// tls::server_options::alpn should offer `h2` alone.
    bool http_1 = true;
    http2_limits http2;
    /// Whether whoever that is ends TLS in front of this server, so that what it says of that
    /// counts (exchange::is_secure()). Targets `https://…` that come without TLS are told 421
    /// (RFC 9110 §4.2.2, §7.4) unless this says so, or a PROXY header does
    /// (serve::proxy_header::tls). The `:scheme` of HTTP/2 is not asked: gateways write into it
    /// what they like. Default: nobody. Must not throw.
    std::function<bool(const serve::peer& who)> behind_tls;
    /// How long a client may take nothing of a response of HTTP/2, or send nothing of a request's
    /// content that a handler waits for: then the stream is reset, or the request answered with
    /// 408.
    timeout stalled_stream = std::chrono::seconds(60);
    /// What a client of HTTP/2 has to send of a request's content, in bytes a second of the time
    /// that a handler waited for it, beyond the first `stream_grace` of that: then the request is
    /// answered with 408, and its stream ends alone. Not once the response has begun: both may talk
    /// as slowly as they like then. 0: no limit.
    std::size_t stream_bytes_per_second = 500;
    timeout stream_grace = std::chrono::seconds(10);
    /// What is said when there is an error: by exchange::reply(status), for what a handler throws,
    /// and for requests that nobody can answer or understand. It may set fields of the response.
    /// Default: make_error_page(). Must not throw.
    std::function<http::error_page(exchange& asked, http::status answer, std::string_view why)>
        error_page;
    /// A request was answered, by a handler or for it, or refused before that: of one whose first
    /// line could not be understood the target is empty. Default: nothing. Must not throw.
    std::function<void(const exchange& asked, http::status answer)> answered;
    /// A handler has thrown what is not the client's fault: any status below 500 is. Of a status
    /// with a nested exception, as std::throw_with_nested makes it, that. Must not throw.
    std::function<void(const exchange& asked, std::exception_ptr error)> failed;

    /// Talks with clients. The site must outlive it.
    [[nodiscard]] serve::handler handler() const;
};

/// What to tell a client before a server ends its connection, for serve::hooks::farewell: 408 for a
/// request that did not come whole, 429 for too many from there, 503 where no place came free
/// before the server's end; nothing between two requests.
[[nodiscard]] std::string farewell(serve::ending why);
/// The status of that; nothing where nothing is said.
[[nodiscard]] std::optional<status> farewell_status(serve::ending why) noexcept;

/// A whole response with that text, after which the connection ends: for what is no request.
[[nodiscard]] std::string last_words(status why, std::string_view text = {});

/// The line of an access log: method, target, status, size and version. `-` stands for method,
/// target and version of a first line that could not be understood.
[[nodiscard]] serve::log_line access_line(const exchange& asked, http::status answer);
/// The same, and user, Referer and User-Agent, for logs that programs for web servers read.
[[nodiscard]] serve::web_log_entry web_log_entry(const exchange& asked, http::status answer);

}  // namespace zocalo::http
