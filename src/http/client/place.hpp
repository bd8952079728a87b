// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/request.hpp"
#include "zocalo/url/origin.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::http {
struct client_options;
}

namespace zocalo::http::detail {

/// What a URL of HTTP says.
struct place {
    url::uri url;                           ///< without user info and fragment
    url::origin origin;                     ///< who is asked
    std::string target;                     ///< what for: `/path?query`
    std::optional<http::login> login = {};  ///< its user info

    /// Throws std::invalid_argument for what is no URL, or one of another scheme.
    static place of(url::uri url);
    [[nodiscard]] bool is_secure() const noexcept { return origin.scheme() == "https"; }
};

using shared_place = std::shared_ptr<const place>;

/// The same place by https, when its host is known to want that (RFC 6797 §8.3); before a byte is
/// sent.
[[nodiscard]] shared_place secured(shared_place there, const client_options& by);

/// As Host has it: `example.org`, `[::1]:8080`.
[[nodiscard]] std::string host_field(const url::origin& who);

/// Where a redirect leads. What servers write there is not always a URL: spaces, umlauts and the
/// like are escaped first, and then it is read as every other URL is. Nothing when that is none.
[[nodiscard]] std::optional<url::uri> location_of(const url::uri& base, std::string_view location);

}  // namespace zocalo::http::detail
