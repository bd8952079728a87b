// SPDX-License-Identifier: MIT
#pragma once

namespace zocalo::io {

class stream;

namespace detail {

/// Whether nothing has come on a stream since it was read last, and it has not ended either.
///
/// It takes one system call, and changes nothing. False also where only a read could tell: within
/// TLS, behind other streams, on io_uring, in a simulated network.
[[nodiscard]] bool is_silent(const stream& of) noexcept;

}  // namespace detail

}  // namespace zocalo::io
