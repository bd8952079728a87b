// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "fetch/transfer.hpp"

/// What can be asked about a transfer by a name that curl gave it.
namespace zocalo::program {

/// `http_code`, `json`, or `url.host` and the like.
[[nodiscard]] bool is_variable(std::string_view name) noexcept;

/// Its value, as curl writes it; empty for a name that is none.
[[nodiscard]] std::string value_of(std::string_view name, const transfer_report& of);

}  // namespace zocalo::program
