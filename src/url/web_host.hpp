// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zocalo::url {

/// The URL Standard's host parser: the host in its one spelling, or nothing. That of a special
/// scheme is a domain or an address, any other one is opaque but for IPv6 addresses.
std::optional<std::string> parse_web_host(std::string_view text, bool is_special);

/// What is wrong with a host for which that had nothing, where browsers would have had something:
/// they read IDNA in their own way. Empty when they would not, either.
std::string why_idna_refuses(std::string_view text);

}  // namespace zocalo::url
