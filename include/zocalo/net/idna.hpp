// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// Host names beyond ASCII: IDNA 2008 (RFC 5891) with the mapping of UTS #46, not transitional.
///
/// `getaddrinfo()` and everything above it converts by itself; these are for programs that show or
/// store names.
namespace zocalo::net {

/// The name as the DNS has it: `bücher.example` is `xn--bcher-kva.example`, `straße.de` keeps its ß
/// as `xn--strae-oqa.de`. UTF-8 in; ASCII names come back in lower case.
///
/// Throws std::invalid_argument that shows the host and the rule it breaks, also when the mapping
/// would make an IP address of it: full-width digits are a way past lists of refused addresses.
[[nodiscard]] std::string idna_to_ascii(std::string_view host);

/// The name for people, in UTF-8. What it shows may look like another name: compare and store the
/// ASCII form.
///
/// Throws std::invalid_argument that shows the host and the rule it breaks.
[[nodiscard]] std::string idna_to_unicode(std::string_view host);

}  // namespace zocalo::net
