// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/serve/connection.hpp"

/// A line for each thing that a client had done, which a client cannot forge.
namespace zocalo::serve {

/// One line of an access log: names and values, `peer=192.0.2.1:4711 status=200 path="/a b"`.
///
/// Values that are made of letters, digits and `.:/_-@[]+%` alone stand as they are, all others
/// between quotes with everything unprintable escaped, cut after 256 bytes: so a line is one line,
/// and what a client has sent cannot look like another field. Small and cheap; write it where you
/// like.
class log_line {
 public:
    /// Begins with the time (UTC, RFC 3339, milliseconds), the connection's number and its peer.
    log_line(std::chrono::sys_time<std::chrono::milliseconds> when, const connection& client);
    /// The same of who never came as far as a connection: without its number.
    log_line(std::chrono::sys_time<std::chrono::milliseconds> when, const peer& who);
    /// Begins with nothing.
    log_line() = default;

    /// The name is the program's own: it is not escaped.
    log_line& add(std::string_view name, std::string_view value);
    log_line& add(std::string_view name, std::uint64_t value);

    /// Without a line end.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
    std::string text_;
};

}  // namespace zocalo::serve
