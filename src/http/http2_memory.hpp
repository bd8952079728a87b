// SPDX-License-Identifier: MIT
#pragma once

#include <nghttp2/nghttp2.h>

namespace zocalo::http::detail {

/// Memory for a session of nghttp2, which takes and gives back a dozen small pieces for each
/// stream: from the lists that the frames of tasks come from.
[[nodiscard]] nghttp2_mem http2_memory() noexcept;

}  // namespace zocalo::http::detail
