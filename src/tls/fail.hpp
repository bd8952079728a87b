// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <system_error>

#include "zocalo/tls/error.hpp"

/// The one place where OpenSSL's queue of errors becomes an exception with a message.
namespace zocalo::tls::detail {

/// The first reason in OpenSSL's queue, which is empty afterwards; errc::unusable when there is
/// none.
[[nodiscard]] std::error_code take_reason() noexcept;
/// Why X509_verify_cert() said no (X509_V_ERR_*).
[[nodiscard]] std::error_code refusal(long verify_error) noexcept;

/// "operation: reason"
[[noreturn]] void fail_with_reason(std::string_view operation);

}  // namespace zocalo::tls::detail
