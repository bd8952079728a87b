// SPDX-License-Identifier: MIT
#pragma once

#include <nghttp2/nghttp2.h>

namespace zocalo::http::detail {

/// What nghttp2 calls: each goes on to the http2_session that is the session's user data. The
/// caller deletes them.
[[nodiscard]] nghttp2_session_callbacks* make_http2_callbacks();
/// Content comes from http2_session::read_content(), without being copied.
[[nodiscard]] nghttp2_data_provider make_http2_provider() noexcept;

}  // namespace zocalo::http::detail
