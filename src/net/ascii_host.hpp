// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace zocalo::net {

/// A host as name servers know it: ASCII stays as it is, anything else becomes its IDNA form.
std::string ascii_host(std::string_view host);

/// idna_to_ascii() for those who look by themselves whether it has made an address of the host.
std::string idna_name_or_address(std::string_view host);

}  // namespace zocalo::net
