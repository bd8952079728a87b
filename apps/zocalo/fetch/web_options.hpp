// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fetch/scheme_set.hpp"
#include "fetch/wire_log.hpp"
#include "relay/proxy_options.hpp"
#include "relay/tls_options.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/io/override.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

/// What `get`, `put` and `ls` share: whom to ask, how, and who we are. Named as in curl.
struct web_options {
    std::vector<std::string> fields;   // -H
    std::optional<std::string> agent;  // empty: nobody
    std::string referer;
    std::string user;        // as given: NAME, or NAME:PASSWORD
    std::string oauth_file;  // a token
    std::string signature;   // --aws-sigv4: what the key of -u is good for
    std::string oauth_token;
    bool basic = false;
    bool netrc = false;
    std::string netrc_file;
    std::vector<std::string> cookies;  // -b: NAME=VALUE; ..., or a file
    bool junk_session = false;         // -j: read cookies with a date only
    std::string jar;                   // -c
    std::string hsts;                  // the file of hosts that want TLS
    std::string alternatives;          // the file of other places (--alt-svc)
    bool follow = false;
    bool login_follows = false;  // wherever redirects lead
    std::size_t redirects = 50;
    tls_choice tls;
    proxy_choice proxy;
    std::string proxy_user;  // as `user`
    std::optional<std::string> no_proxy;
    bool only_http1 = false;
    bool only_http1_0 = false;
    bool any_http = false;  ///< what is done anyway
    bool any_login = false;
    bool known_http2 = false;
    std::string unix_socket;      // its path
    std::string abstract_socket;  // its name
    bool v4 = false;
    bool v6 = false;
    std::string interface;
    std::string doh_url;  // who is asked for names
    std::vector<io::host_override> overrides;
    std::vector<io::connect_override> exceptions;
    scheme_set schemes = scheme_set::all();           // --proto
    scheme_set redirect_schemes = scheme_set::web();  // --proto-redir
    timeout connect_within = std::chrono::seconds(30);
    timeout within = timeout::none();
    wire_log_choice trace;
    bool silent = false;
    bool show_error = false;
    bool bar = false;       // -#
    bool no_meter = false;  // --no-progress-meter

    [[nodiscard]] net::family family() const noexcept;
};

/// Declares them.
void add_web_options(CLI::App& command, web_options& options);

struct web_fields {
    http::fields sent;
    std::vector<std::string> without;  ///< names of fields that are not to be sent

    [[nodiscard]] bool leaves_out(std::string_view name) const noexcept;
};

/// The fields that -H, -A, -b and -e say. `NAME;` is an empty field, `NAME:` none, nor is an empty
/// -A; `@FILE` has one in each line. Throws std::invalid_argument for what is no field, and for
/// what no request goes without.
[[nodiscard]] web_fields fields_of(const web_options& options);

/// What -e says without `;auto`, and whether that was there.
[[nodiscard]] std::pair<std::string, bool> referer_of(const web_options& options);

/// Who we are, if the user has said so. A password that is missing is asked for on the terminal.
/// Throws std::invalid_argument when there is no terminal.
[[nodiscard]] std::optional<http::login> login_of(const web_options& options);

/// The Unix socket that everything goes to, if there is one. Throws std::invalid_argument for a
/// path that is none.
[[nodiscard]] std::optional<net::endpoint> unix_socket_of(const web_options& options);

/// The proxy of -x, with its user, if there is one. The password is asked for likewise.
[[nodiscard]] std::optional<io::proxy> proxy_of(const web_options& options);

}  // namespace zocalo::program
