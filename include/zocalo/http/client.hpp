// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/http/body.hpp"
#include "zocalo/http/limits.hpp"
#include "zocalo/http/proxy_rules.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/http/response.hpp"
#include "zocalo/http/versions.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/tls/context.hpp"
#include "zocalo/url/netrc.hpp"
#include "zocalo/url/origin.hpp"

namespace zocalo::url {
class uri;
}

/// Asking any servers, with all that goes with it.
namespace zocalo::http {

class alt_svc_store;
class cookie_jar;
class hsts_store;

namespace detail {
struct client_core;
class exchange_in_progress;
}  // namespace detail

/// Who we are there.
///
/// Of several that fit the one with the longest path counts, and of those the first. A server
/// decides by itself which paths belong together; one that asks says so with its realm.
struct known_login {
    url::origin where;
    http::login who;
    /// For what begins with it and ends there or goes on behind a slash: `/a` is for `/a` and
    /// `/a/b`, not for `/ab`.
    std::string path = "/";
    /// For servers that ask for this realm; nothing is sent before they have asked for it.
    std::optional<std::string> realm = std::nullopt;
};

/// How a client asks.
struct client_options {
    // --- Behaviour

    /// Sent with every request that has none of that name; nothing secret may be among them.
    http::fields fields = {};
    /// A request that asks for another protocol (Upgrade) goes by HTTP/1.1 in any case.
    http::versions versions = http::versions::any;
    /// Who a server of https:// has to be; what the system trusts when not given. When it names
    /// application protocols, these are what is offered by versions::any.
    std::optional<tls::client_context> tls = std::nullopt;
    /// Whom the certificate in `tls` is shown to, when they ask for one. Empty: the origin of each
    /// request's own URL, and nobody whom a redirect leads to elsewhere.
    std::vector<url::origin> certificate_for = {};
    /// Used when a server there asks, and never anywhere else.
    std::vector<known_login> logins = {};
    /// The same from the user's file: netrc::load(). Its default entry is for who is asked first,
    /// never for whom a redirect leads to.
    std::optional<url::netrc> netrc = std::nullopt;
    /// What servers want to be reminded of, told in one field with the Cookie that a request has
    /// itself (RFC 6265 §5.4); not told without it. Several clients of one loop may share one.
    std::shared_ptr<cookie_jar> cookies = {};
    /// Hosts that are spoken to in TLS only: `http://` is `https://` there, redirects included.
    /// What servers of https:// say is put in, so `tls` has to be one that verifies.
    std::shared_ptr<hsts_store> hsts = {};
    /// Where else origins of https:// are asked, as they say themselves (Alt-Svc, RFC 7838). What
    /// they say is put in, and what does not work is taken out. Whoever is there has to prove that
    /// it is the origin, so `tls` has to be one that verifies. Not through proxies, not to
    /// `unix_socket`, not where `connect` has an exception, and not for other protocols
    /// (request::protocol). Five seconds after an alternative is connected to, its origin is.
    std::shared_ptr<alt_svc_store> alternatives = {};
    /// proxy_rules::from_environment() for what other programs do.
    proxy_rules proxies = {};
    /// Who a proxy of https:// has to be.
    std::optional<tls::client_context> proxy_tls = std::nullopt;
    /// How names are looked up and connected to. Its resolver has to outlive the client.
    io::connect_options connect = {};
    /// Whoever is asked, the connection is one to this Unix socket; what is said on it is the same,
    /// TLS included. Redirects stay there, too, so nothing leaves this machine. No proxy goes with
    /// it.
    std::optional<net::endpoint> unix_socket = std::nullopt;
    /// Asks for compressed content, and takes it out of its coding, for requests that do not say
    /// by themselves what they take (Accept-Encoding), or want a part only (Range).
    bool decode = true;
    /// Says User-Agent and Accept for requests that do not say them.
    bool introduce = true;
    std::size_t redirects = 10;  ///< so many are followed; the one after that is an error
    /// Told where each request is to go before anybody is asked: its own URL, as `hsts` has it, and
    /// those that redirects lead to. What it throws ends the request.
    std::function<void(const url::uri& where, bool is_redirect)> admit = {};
    /// Gets each connection that was made, with what was agreed on in TLS, and gives what HTTP is
    /// spoken on: serve::watch(), for those who show what goes over it.
    std::function<io::stream(io::stream made)> over = {};
    /// The same for the dialogue with each proxy that tunnels: tls::dial_options::over_proxy.
    std::function<io::stream(io::stream made, const io::proxy& with)> over_proxy = {};

    /// How often a request is made once more that failed, or was answered with 408, 429, 502, 503
    /// or 504, when that can do no harm. In between it waits for half a second, then twice as long
    /// each time, or for as long as the server says (Retry-After).
    unsigned retries = 0;
    /// A server that wants more patience has said no.
    timeout longest_pause = std::chrono::seconds(60);

    // --- Performance

    std::size_t connections = 256;           ///< in use at once, and in all
    std::size_t connections_to_origin = 32;  ///< the same with one scheme, host and port
    std::size_t streams =
        100;  ///< requests at once on a connection of HTTP/2, if its server agrees
    timeout rest = std::chrono::seconds(60);  ///< so long a connection is kept that nobody uses

    // --- Limits

    http::limits limits = client_limits();
    /// Bytes of content in a response that is read as a whole.
    std::size_t content = std::size_t{64} * 1024 * 1024;
    timeout connect_within = std::chrono::seconds(30);  ///< names, proxies and TLS as well
    /// For the head of a response once the request was sent, for each piece of content, and for
    /// each piece that is sent.
    timeout stall = std::chrono::seconds(60);
    /// Everything: all redirects, and the content too when it is read as a whole.
    timeout within = std::chrono::minutes(10);
};

/// A response whose content is still to be read.
///
///     http::request wanted{.url = "https://example.org/large"};
///     http::response_stream answer = co_await client.open(std::move(wanted));
///     for (;;) {
///         const const_buffer piece = co_await answer.read();
///         if (piece.empty()) break;
///         ...
///     }
///
/// It holds a connection until it was read to its end or is gone: one that was not read to its end
/// is closed then. Of HTTP/2 it is a stream, which is reset; while others are read, what comes for
/// this one waits, up to 2 MiB. Move-only. One task at a time. It may outlive the client.
class response_stream {
 public:
    explicit response_stream(std::unique_ptr<detail::exchange_in_progress> made_of) noexcept;
    response_stream(response_stream&& other) noexcept;
    response_stream& operator=(response_stream&& other) noexcept;
    ~response_stream();

    [[nodiscard]] http::status status() const noexcept { return head().status; }
    [[nodiscard]] const http::fields& fields() const noexcept { return head().fields; }
    [[nodiscard]] const response_head& head() const noexcept;
    /// Where it comes from, after all redirects; without user and password.
    [[nodiscard]] const std::string& url() const noexcept;
    [[nodiscard]] const std::vector<hop>& hops() const noexcept;

    /// Of client::begin(): sends the content, beside receive() and read() in another task. Ends
    /// when all has gone, or the server listens no more; with what the content's source throws.
    [[nodiscard]] io::task<> send();
    /// Of client::begin(): waits for the head, which is not there before.
    [[nodiscard]] io::task<> receive();

    /// How much content the server says that there is; nothing for what is decoded.
    [[nodiscard]] content_size size() const noexcept;

    /// Waits for the next piece of content; empty at its end. It is good until the next call.
    ///
    /// Throws protocol_error for content that was cut off: a part never looks like the whole. One
    /// without a length and without chunks ends with its connection; over TLS that is safe, too.
    [[nodiscard]] io::task<const_buffer> read();
    /// The rest of the content. Throws protocol_error when it is more than `limit` bytes.
    [[nodiscard]] io::task<std::string> content(std::size_t limit);
    /// The fields after the content, when that was read to its end.
    [[nodiscard]] const http::fields& trailers() const noexcept;

    /// The connection without HTTP, after 101: it is the caller's alone. Of HTTP/2, after 2xx to
    /// request::protocol, the stream, on a connection that others share; it may outlive the client.
    /// Throws std::logic_error for any other response.
    [[nodiscard]] io::stream take_over();

 private:
    std::unique_ptr<detail::exchange_in_progress> made_of_;
};

/// Asks any servers; keeps connections for the next request.
///
///     http::client client;
///     const http::response page = co_await client.get("https://example.org/");
///     std::cout << page.status << '\n' << page.content;
///
/// Each function is a task: `.get()` blocks instead.
///
/// **Secrets.** A password, a token, a cookie and `request::secrets` go to the origin (scheme, host
/// and port) that they are for; a redirect elsewhere loses them for good, also when it leads back.
/// **Repeating.** A request is sent twice only when that cannot do harm: its method is idempotent,
/// its content repeatable, the connection was one that had rested, and nothing of a response came.
/// With HTTP/2, also one that its server has refused unseen (RFC 9113 §8.7).
/// **Connections** are shared by requests for which everything that was chosen is the same: origin,
/// proxy and its password, contexts of TLS, where from and how they are made; one of HTTP/2 by many
/// at a time. Nothing runs in the background: of the tasks that wait for it, one reads for all.
///
/// **Threads.** Any number of tasks of one loop, or .get() on one thread. **Lifetime.** It has to
/// outlive its tasks. **Cancellation** closes the connection, or resets the stream. **Errors.**
/// What tls::dial() throws; std::errc::timed_out; std::errc::connection_reset when a server ended
/// the connection without a response; bad_message for a response that is none; protocol_error for
/// content that is too much or was cut off, and for too many redirects; std::invalid_argument for a
/// request that cannot be sent, before anything is. A status is no error: see
/// response::error_for_status().
class client {
 public:
    /// Throws std::invalid_argument for options that do not go together.
    explicit client(client_options options = {});
    ~client();
    client(client&& other) noexcept;
    client& operator=(client&& other) noexcept;

    /// The whole response, its content too.
    [[nodiscard]] io::task<response> request(http::request what);
    /// Its head; the content is read from what comes out.
    [[nodiscard]] io::task<response_stream> open(http::request what);
    /// A request under way, whose content can be sent while its response is read: for a dialogue,
    /// where each end waits for what the other says.
    ///
    ///     http::request wanted{.method = http::method::post, .url = url};
    ///     http::response_stream there = co_await client.begin(std::move(wanted));
    ///     co_await io::all(there.send(), hear(there));  // hear() calls receive(), then read()
    ///
    /// With HTTP/2 that is; with HTTP/1.1, and for content that is bytes, all was sent and the head
    /// is there, as after open(). No redirect is followed, nobody logs in, and no cookie is kept.
    /// `within` counts until the request has begun.
    [[nodiscard]] io::task<response_stream> begin(http::request what);

    [[nodiscard]] io::task<response> get(std::string url, http::fields fields = {});
    [[nodiscard]] io::task<response> head(std::string url, http::fields fields = {});
    [[nodiscard]] io::task<response> post(std::string url, http::body body,
                                          http::fields fields = {});
    [[nodiscard]] io::task<response> put(std::string url, http::body body,
                                         http::fields fields = {});
    [[nodiscard]] io::task<response> patch(std::string url, http::body body,
                                           http::fields fields = {});
    [[nodiscard]] io::task<response> delete_(std::string url, http::fields fields = {});  // NOLINT

    /// Connections that nobody uses now.
    [[nodiscard]] std::size_t resting() const noexcept;
    /// Closes them.
    void close_resting() noexcept;

 private:
    std::shared_ptr<detail::client_core> core_;
};

}  // namespace zocalo::http
