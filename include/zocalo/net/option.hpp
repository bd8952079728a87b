// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstring>

#include "zocalo/core/buffer.hpp"

/// Socket options as types that know their level, number and value.
///
/// `socket.set(option::reuse_address{true})`, `socket.get<option::receive_buffer>().value`.
namespace zocalo::net::option {

/// What all options of an integer value share.
template <int Level, int Name, class Value = int>
struct integer {
    static constexpr int level = Level;
    static constexpr int name = Name;
    static constexpr std::size_t capacity = sizeof(int);

    Value value{};

    [[nodiscard]] const_buffer encode() const noexcept {
        return {static_cast<const void*>(&value), sizeof value};
    }
    [[nodiscard]] static integer decode(const_buffer bytes) noexcept {
        integer option;
        std::memcpy(&option.value, bytes.data(),
                    bytes.size() < sizeof option.value ? bytes.size() : sizeof option.value);
        return option;
    }
};

}  // namespace zocalo::net::option
