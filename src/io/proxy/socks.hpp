// SPDX-License-Identifier: MIT
#pragma once

#include "io/proxy/target.hpp"

namespace zocalo::io::detail {

/// The dialogues of SOCKS. Every answer tells its own length, so nothing behind it is read.
task<> socks4(stream& line, const target& to);
task<> socks5(stream& line, const target& to);

}  // namespace zocalo::io::detail
