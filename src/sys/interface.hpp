// SPDX-License-Identifier: MIT
#pragma once

#include <net/if.h>

#include <cstring>
#include <string_view>

namespace zocalo::sys {

/// The index of the interface with that name, 0 when there is none.
inline unsigned interface_index(std::string_view name) noexcept {
    char text[IF_NAMESIZE] = {};
    if (name.empty() || name.size() >= sizeof text) return 0;
    std::memcpy(text, name.data(), name.size());
    return ::if_nametoindex(text);
}

/// Writes the name of the interface with that index; false when there is none.
inline bool interface_name(unsigned index, char (&name)[IF_NAMESIZE]) noexcept {
    return ::if_indextoname(index, name) != nullptr;
}

}  // namespace zocalo::sys
