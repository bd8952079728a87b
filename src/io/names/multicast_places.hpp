// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "zocalo/io/datagram.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/network.hpp"

namespace zocalo::io::detail {

/// Where a question can go: an interface, in one family.
struct multicast_place {
    std::uint32_t interface = 0;
    net::endpoint group;                 ///< whom to send it to
    std::vector<net::network> networks;  ///< whose machines may answer

    /// Whether an answer from there counts (RFC 6762 §6, §11).
    [[nodiscard]] bool is_heard(const net::endpoint& sender) const;
};

/// All of them, on the interfaces with these indices or, without any, on those that are up and can
/// multicast, but not the loopback.
[[nodiscard]] std::vector<multicast_place> multicast_places(
    const std::vector<std::uint32_t>& interfaces);

/// A socket that questions go out from. Answers come back to it alone.
[[nodiscard]] task<datagram> open_multicast(const multicast_place& at);

}  // namespace zocalo::io::detail
