// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "zocalo/http/engine.hpp"
#include "zocalo/http/limits.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/http/routes.hpp"

namespace zocalo::http::detail {

/// What a connection needs for a request and its response. Most connections rest most of the time
/// and have none: it is taken when something comes, and given back afterwards with the memory that
/// it has got, which is in the processor's cache for the next one.
struct workplace {
    server_engine engine;
    response_head response;
    routes::parameters parameters;  ///< of the route, as they stand in the request
};

/// One where nothing has happened yet, of those that the calling thread has.
[[nodiscard]] std::unique_ptr<workplace> take_workplace(const limits& within);
/// Back to the calling thread, which keeps a few.
void put_workplace(std::unique_ptr<workplace> used);

}  // namespace zocalo::http::detail
