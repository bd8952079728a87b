// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/pool.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::http::detail {

/// A stream of HTTP/2 that is another protocol's, on a connection that others go on using. Throws
/// std::logic_error when it is none.
[[nodiscard]] io::stream take_over_stream(connection_pool::lease from);

}  // namespace zocalo::http::detail
