// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "zocalo/core/number.hpp"

/// Programs of the classic Berkeley packet filter, which the kernel runs on what arrives.
namespace zocalo::net {

/// One instruction (struct sock_filter): operation, where to go on true and false, operand.
struct filter_instruction {
    std::uint16_t code = 0;
    std::uint8_t jump_true = 0;
    std::uint8_t jump_false = 0;
    std::uint32_t operand = 0;
};

namespace option {

/// A program is handed over as struct sock_fprog: its length and where it lies.
struct filter_wire {
    static constexpr std::size_t capacity = 2 * sizeof(void*);
    static auto encode(std::span<const filter_instruction> program) {
        const auto length = checked_cast<std::uint16_t>(program.size(), "length of a filter");
        const void* const start = program.data();
        std::array<std::byte, capacity> bytes{};
        std::memcpy(bytes.data(), &length, sizeof length);
        std::memcpy(bytes.data() + sizeof(void*), static_cast<const void*>(&start), sizeof start);
        return bytes;
    }
};

}  // namespace option

}  // namespace zocalo::net
