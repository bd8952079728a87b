// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/line.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/http/body.hpp"

namespace zocalo::http::detail {

/// Sends content, so many bytes, and its end; each piece may take `stall`.
[[nodiscard]] io::task<> send_content_of(const body& what, content_size size, line& on,
                                         timeout stall);

}  // namespace zocalo::http::detail
