// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "zocalo/io/stream.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::program {

/// What was agreed on in a handshake, who the peer has shown to be, until when, and whether we
/// believe it: `TLS: ...` each. Nothing of it is secret, and all of it is printable.
[[nodiscard]] std::vector<std::string> lines_about(const tls::info& agreed);
/// The same; no lines for a stream without TLS.
[[nodiscard]] std::vector<std::string> lines_about_tls(const io::stream& made);

}  // namespace zocalo::program
