// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

namespace CLI {
class App;
}
namespace zocalo::http {
class alt_svc_store;
}

namespace zocalo::program {

struct web_options;

/// Declares --alt-svc.
void add_alternative_options(CLI::App& command, web_options& options);

/// What the file of --alt-svc has; null without it, and with --insecure: who is believed without
/// proof cannot speak for another place. Throws file_error for one that cannot be read.
[[nodiscard]] std::shared_ptr<http::alt_svc_store> alternatives_of(const web_options& options);
/// What to write into that file.
[[nodiscard]] std::string file_of(const http::alt_svc_store& known);

}  // namespace zocalo::program
