// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// What several options take, as CLI11's check() wants it: what is wrong with a text, or nothing.
namespace zocalo::program {

/// `https://example.org:8443`, as browsers write it in Origin; or `*`.
[[nodiscard]] std::string check_origin(const std::string& text);

/// The name of a network interface that is there.
[[nodiscard]] std::string check_interface(const std::string& text);
/// The same, or an address.
[[nodiscard]] std::string check_interface_or_address(const std::string& text);

/// A port that is written as a number has to be one; names of services pass.
[[nodiscard]] std::string check_port(const std::string& text);

}  // namespace zocalo::program
