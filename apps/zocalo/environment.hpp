// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace zocalo::program {

/// One environment variable that we read, or several that belong together.
struct environment_variable {
    std::string_view names;  ///< "SSL_CERT_FILE, SSL_CERT_DIR"
    std::string_view meaning;
};

/// What all subcommands read.
[[nodiscard]] std::vector<environment_variable> shared_variables();

/// What one subcommand of the program reads beside that; often nothing.
[[nodiscard]] std::vector<environment_variable> variables_of(std::string_view command);

}  // namespace zocalo::program
