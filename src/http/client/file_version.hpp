// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/http/message.hpp"

/// Which version of a file a response is of, as far as anybody can know.
namespace zocalo::http::detail {

/// What If-Range may have (RFC 9110 §13.1.5): a strong ETag, or the date, when the second in which
/// the file was changed was over (§8.8.2.2). Empty when there is neither.
[[nodiscard]] std::string version_of(const response_head& head);

/// Whether a part says that it is of another version. It need not say the date (RFC 9110 §15.3.7).
[[nodiscard]] bool is_of_another(const std::string& version, const response_head& head);

}  // namespace zocalo::http::detail
