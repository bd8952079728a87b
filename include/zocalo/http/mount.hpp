// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/http/routes.hpp"
#include "zocalo/http/server.hpp"

/// A whole part of a site for one handler.
namespace zocalo::http {

/// Has a handler answer all requests, with any method, for a path and all below it, before the
/// routes are looked at: `site.filters.push_back(http::under("/app", proxy))`.
///
/// "/app" is for "/app", "/app?x" and "/app/x", not for "/apple"; "/" is for everything. Paths are
/// compared as they were sent, as routes do. Throws std::invalid_argument for a path that does not
/// begin with a slash.
[[nodiscard]] filter under(std::string path, handler talk);

}  // namespace zocalo::http
