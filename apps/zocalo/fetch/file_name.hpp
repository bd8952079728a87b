// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/fields.hpp"

/// What a file is called that was fetched.
namespace zocalo::program {

/// What stands last in the path of a URL (curl's -O), as it is written there. Nothing when the path
/// ends in `/`, or in what is no name of a file.
[[nodiscard]] std::optional<std::string> name_in_url(std::string_view url);

/// How that was typed, where it has letters that are escaped in a request: `ü.txt`. Else nothing,
/// and name_in_url() has a name for it.
[[nodiscard]] std::string typed_name(std::string_view url);

/// What the server says in Content-Disposition (-J), made safe: see http::safe_file_name(). Nothing
/// when no name is said.
[[nodiscard]] std::optional<std::string> name_in_fields(const http::fields& fields);

}  // namespace zocalo::program
