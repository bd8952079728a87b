// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "io/backend/uring/socket_table.hpp"

namespace zocalo::io::detail {

/// What a request carries to the kernel and back: what it is, for which place, and which of the
/// sockets that have been there.
struct tag {
    std::uint32_t place = 0;
    request what = request::none;
    std::uint32_t generation = 0;

    /// 24 bits of the generation: the request of a predecessor would have to last that long.
    static constexpr std::uint32_t generations = 0xffffff;

    [[nodiscard]] constexpr std::uint64_t packed() const noexcept {
        return place | std::uint64_t{static_cast<std::uint8_t>(what)} << 32 |
               std::uint64_t{generation & generations} << 40;
    }
    static constexpr tag unpacked(std::uint64_t from) noexcept {
        return {static_cast<std::uint32_t>(from & 0xffffffff),
                static_cast<request>((from >> 32) & 0xff), static_cast<std::uint32_t>(from >> 40)};
    }
};

}  // namespace zocalo::io::detail
