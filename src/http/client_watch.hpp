// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/http/exchange.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

/// What a request is logged with whose client has left, as other servers do.
inline constexpr status client_closed_request{499};

/// Ends when the client has left, once all of its content was taken: it looks every second, so that
/// in between nothing is waited for and no limit of the server counts this time.
[[nodiscard]] io::task<> watch_client(exchange& asked, io::event& taken_all);

}  // namespace zocalo::http::detail
