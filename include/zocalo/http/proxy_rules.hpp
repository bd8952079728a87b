// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/io/proxy.hpp"
#include "zocalo/url/origin.hpp"

/// Which requests go through a proxy.
namespace zocalo::http {

/// A proxy for each scheme, and hosts that are asked without one.
struct proxy_rules {
    std::optional<io::proxy> http = std::nullopt;
    std::optional<io::proxy> https = std::nullopt;
    /// As in `no_proxy`: `example.org` and `.example.org` (both: it and all below it), an address,
    /// a network (`10.0.0.0/8`, `fd00::/8`), any of them with `:port`; `*` is everything.
    std::vector<std::string> except = {};

    /// The environment's `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`; all but the first
    /// in capitals, too. HTTP_PROXY is what a CGI program gets from a client's field `Proxy`, so it
    /// is never looked at.
    ///
    /// Throws std::invalid_argument, which names the variable, for a proxy that is none.
    [[nodiscard]] static proxy_rules from_environment();
    /// The same from wherever variables come.
    using lookup = std::function<std::optional<std::string>(std::string_view name)>;
    [[nodiscard]] static proxy_rules from(const lookup& variable);

    /// The proxy for who is asked, or none.
    [[nodiscard]] const io::proxy* find(const url::origin& who) const;
};

}  // namespace zocalo::http
