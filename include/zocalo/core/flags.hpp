// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

/// Sets of named bits, for scoped enumerations that ask for it.
namespace zocalo {

/// Specialise as true for an enumeration whose values are bits to be combined.
template <class Enum>
inline constexpr bool is_flags = false;

template <class Enum>
concept flags_enum = std::is_enum_v<Enum> && is_flags<Enum>;

template <flags_enum Enum>
constexpr Enum operator|(Enum a, Enum b) noexcept {
    using bits = std::underlying_type_t<Enum>;
    return static_cast<Enum>(static_cast<bits>(a) | static_cast<bits>(b));
}

template <flags_enum Enum>
constexpr Enum operator&(Enum a, Enum b) noexcept {
    using bits = std::underlying_type_t<Enum>;
    return static_cast<Enum>(static_cast<bits>(a) & static_cast<bits>(b));
}

template <flags_enum Enum>
constexpr Enum operator~(Enum a) noexcept {
    using bits = std::underlying_type_t<Enum>;
    return static_cast<Enum>(~static_cast<bits>(a));
}

template <flags_enum Enum>
constexpr Enum& operator|=(Enum& a, Enum b) noexcept {
    return a = a | b;
}

/// Whether all bits of `wanted` are in `set`.
template <flags_enum Enum>
constexpr bool has(Enum set, Enum wanted) noexcept {
    return (set & wanted) == wanted;
}

}  // namespace zocalo
