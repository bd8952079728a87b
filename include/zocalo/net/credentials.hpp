// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace zocalo::net {

/// Who stands at the other end of a Unix socket, as the kernel vouches for it (struct ucred).
struct credentials {
    std::int32_t process = 0;  ///< 0 when the process lives outside our PID namespace
    std::uint32_t user = 0;
    std::uint32_t group = 0;

    friend bool operator==(const credentials&, const credentials&) noexcept = default;
};

}  // namespace zocalo::net
