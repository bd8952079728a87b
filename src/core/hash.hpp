// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace zocalo {

/// The standard library's hash of some bytes: every value type of ours hashes through here.
inline std::size_t hash_bytes(const void* data, std::size_t size) noexcept {
    return std::hash<std::string_view>{}(std::string_view(static_cast<const char*>(data), size));
}

}  // namespace zocalo
