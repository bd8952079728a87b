// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace zocalo::net {

/// A host as name servers know it: ASCII stays as it is, anything else becomes its IDNA form.
std::string ascii_host(std::string_view host);

}  // namespace zocalo::net
