// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace zocalo::http {

/// Which versions of HTTP a client speaks.
enum class versions : std::uint8_t {
    any,       ///< HTTP/2 with a server of https:// that chooses it (ALPN), HTTP/1.1 otherwise
    http_1_1,  ///< nothing else
    http_1_0,  ///< HTTP/1.1 without what HTTP/1.0 lacks: each request has a connection to itself,
               ///< and content a size that is known, or std::invalid_argument is thrown
    http_2,    ///< nothing else: of http://, a server has to know it without being asked
};

}  // namespace zocalo::http
