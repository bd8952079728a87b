// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace zocalo::tls::detail {

/// A host as certificates and servers are asked for it: in ASCII and lower case, without a dot at
/// its end (RFC 6066 §3). Throws std::invalid_argument that shows it when it is none.
[[nodiscard]] std::string plain_host_name(std::string_view host);

}  // namespace zocalo::tls::detail
