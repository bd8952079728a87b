// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fetch/transfer.hpp"

/// What transfers have become of, for programs.
namespace zocalo::program {

/// A head as HTTP/1.1 writes it.
[[nodiscard]] std::string head_text(const http::response_head& head);

/// One JSON document about all of them.
[[nodiscard]] std::string json_report(const std::vector<transfer_report>& all);

}  // namespace zocalo::program
