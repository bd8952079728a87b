// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "serve/hosting.hpp"

namespace zocalo::program {

/// Throws std::runtime_error: "FILE:LINE: why".
[[noreturn]] void refuse_config(const std::string& path, const toml::source_region& where,
                                const std::string& why);

/// Whether that key of a file is one of the tables `[[proxy]]`, `[[cgi]]` and `[[host]]`; if so
/// they are read. Throws as refuse_config() does.
[[nodiscard]] bool read_hosting(const std::string& path, const std::string& key,
                                const toml::node& value, hosting_request& into);

/// "; did you mean upload?", if one of them is near.
[[nodiscard]] std::string suggestion(std::string_view key, const std::vector<std::string>& names);

}  // namespace zocalo::program
