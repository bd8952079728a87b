// SPDX-License-Identifier: MIT
#pragma once

#include "fetch/session.hpp"
#include "zocalo/url/robots.hpp"

namespace zocalo::program {

/// What the server of that URL asks of programs that follow links: its /robots.txt, which servers
/// of Gopher have, too. Throws what the clients throw, and std::errc::timed_out after 30 seconds.
[[nodiscard]] io::task<url::robots> robots_of(session& with, url::uri start);

}  // namespace zocalo::program
