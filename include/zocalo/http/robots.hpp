// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/io/task.hpp"
#include "zocalo/url/origin.hpp"
#include "zocalo/url/robots.hpp"

namespace zocalo::http {

class client;

/// Asks a site for its /robots.txt (RFC 9309 §2.3), and reads as much of it as counts.
///
/// Everything is allowed where there is none (4xx), and nothing where the server fails (5xx). Five
/// redirects are followed, as the RFC has it. Throws what client::open() throws: a site that cannot
/// be reached says nothing, and nobody may take that for a yes.
[[nodiscard]] io::task<url::robots> fetch_robots(client& by, url::origin from);

}  // namespace zocalo::http
