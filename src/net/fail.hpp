// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"

/// The one place where a kernel's error number becomes an exception with a message.
///
/// `error` is an errno value of either sign, as src/sys returns it. The message is
/// "operation address: cause", with what the caller can do about it where we know.
namespace zocalo::net {

[[nodiscard]] std::error_code error_from(long error) noexcept;

[[noreturn]] void fail(std::string_view operation, long error);
[[noreturn]] void fail(std::string_view operation, const endpoint& address, long error);

/// Names both ends of the socket as far as the kernel still knows them, and the time-out when it
/// passed.
[[noreturn]] void fail(std::string_view operation, const socket& socket, long error);

/// How a span is shown in messages: `1.5 s`, `200 ms`.
[[nodiscard]] std::string to_text(timeout limit);

}  // namespace zocalo::net
