// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "zocalo/rpc/invocation.hpp"
#include "zocalo/rpc/value.hpp"

/// Between our values and those of the library that reads and writes JSON.
namespace zocalo::rpc {

/// Throws std::invalid_argument as to_json().
[[nodiscard]] nlohmann::json to_json_value(const value& what);
[[nodiscard]] value from_json_value(const nlohmann::json& what);

/// On one line. Throws std::invalid_argument for text that is not UTF-8.
[[nodiscard]] std::string write_json(const nlohmann::json& what);
/// Throws protocol_error as parse_json().
[[nodiscard]] nlohmann::json read_json(std::string_view text, const document_limits& within);

}  // namespace zocalo::rpc
