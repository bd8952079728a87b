// SPDX-License-Identifier: MIT
#pragma once

#include "io/proxy/target.hpp"

namespace zocalo::io::detail {

/// The dialogue of CONNECT; what came behind the proxy's answer is from the other host.
task<std::string> http_connect(stream& line, const target& to);

}  // namespace zocalo::io::detail
