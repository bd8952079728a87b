// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/server.hpp"

/// What sites put around their handlers: `site.filters = {http::refuse_other_sites()}`.
namespace zocalo::http {

/// Refuses (403) requests that change something and that a page of another site has made the
/// browser send: with all rights of who sits before it, or of who is in its network.
///
/// Browsers say where a request is from (Sec-Fetch-Site, else Origin, which is compared with Host).
/// Programs that say nothing are let pass.
[[nodiscard]] filter refuse_other_sites();

/// Refuses (421) requests for a host that is neither an address, nor localhost, nor one of `names`.
///
/// The owner of a name may have it lead to this machine (DNS rebinding); a page that a browser has
/// from there is a page of this site then, and what Host says is all that tells. So a server that
/// only this machine reaches wants this, and any other whose names are known. Programs that name no
/// host (HTTP/1.0) are let pass.
[[nodiscard]] filter refuse_other_hosts(std::vector<std::string> names = {});

/// Whether that is so of what exchange::authority() says.
[[nodiscard]] bool is_own_host(std::string_view authority,
                               std::span<const std::string> names = {}) noexcept;

/// Lets somebody in who knows a name and a password (RFC 7617), and asks all others (401).
///
/// Passwords go over the line as good as plainly, so this is for TLS and for one machine. `knows`
/// is called for each request: compare with same_secret().
[[nodiscard]] filter ask_password(
    const std::string& realm,
    std::function<bool(std::string_view user, std::string_view password)> knows);

/// Whether they are the same; how long that takes says nothing about where they differ.
[[nodiscard]] bool same_secret(std::string_view one, std::string_view other) noexcept;

/// Which pages of other sites may read what is here, with JavaScript (CORS, as browsers do it).
struct cors_options {
    /// `https://example.org`, as browsers send it in Origin; "*" is everybody.
    std::vector<std::string> origins = {};
    /// What they may do beside GET, HEAD and simple POST.
    std::vector<std::string> methods = {};
    /// Fields that they may set, beside the simple ones, and fields of responses that they may see.
    std::vector<std::string> fields = {};
    std::vector<std::string> exposed = {};
    /// Whether the browser sends cookies and passwords along. Not for "*".
    bool credentials = false;
    unsigned max_age = 600;  ///< seconds that a browser need not ask again
};

/// Throws std::invalid_argument for credentials with "*", and for names that are no tokens.
[[nodiscard]] filter allow_origins(const cors_options& options);

/// Sends text to those who take it compressed: brotli, zstd or gzip, whichever they prefer.
///
/// Not for pages that show a secret beside something that a stranger has chosen (BREACH).
[[nodiscard]] filter compress();

}  // namespace zocalo::http
