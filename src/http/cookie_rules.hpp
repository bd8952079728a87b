// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace zocalo::http::detail {

/// Whether a cookie is what `__Secure-` or `__Host-` in front of its name says. `path` is what was
/// said, empty for nothing.
[[nodiscard]] bool keeps_prefix(std::string_view name, bool is_secure, bool is_host_only,
                                std::string_view path) noexcept;

/// Whether strangers share that domain: `org`, `co.uk`, `github.io` (publicsuffix.org). `domain` is
/// spelled as url::host does.
[[nodiscard]] bool is_public_suffix(std::string_view domain);

}  // namespace zocalo::http::detail
