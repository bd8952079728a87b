// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "zocalo/net/filter.hpp"

namespace zocalo::net::packet {

/// Compiles a filter for frames of link_type::linux_cooked_v2 so that the kernel can run it.
///
/// The kernel filters before the cooked header is made: the program begins with what follows it,
/// and asks the kernel itself for the header's fields. Throws std::invalid_argument when it asks
/// for one that the kernel does not tell.
[[nodiscard]] std::vector<filter_instruction> compile_cooked_filter(std::string_view expression,
                                                                    std::uint32_t snap_length);

}  // namespace zocalo::net::packet
