// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

/// What the option headers are made of: one type for an option, and how values stand in the
/// kernel's bytes.
namespace zocalo::net::option {

/// What the kernel lets one do with an option. The wrong one does not compile.
enum class access { get, set, both };

/// How a value of type `Value` is written for the kernel and read back.
template <class Value>
struct wire;

/// One socket option: its level, its number and a value of the type that fits.
///
/// `socket.set(option::reuse_address{true})`, `socket.get<option::receive_buffer>().value`. A value
/// that the kernel's type cannot hold is std::invalid_argument before the call.
template <int Level, int Name, class Value, access Access = access::both, class Wire = wire<Value>>
struct setting {
    static constexpr int level = Level;
    static constexpr int name = Name;
    static constexpr std::size_t capacity = Wire::capacity;

    Value value{};

    [[nodiscard]] auto encode() const
        requires(Access != access::get)
    {
        return Wire::encode(value);
    }
    [[nodiscard]] static setting decode(const_buffer bytes)
        requires(Access != access::set)
    {
        return {Wire::decode(bytes)};
    }
};

/// Read-only and write-only options.
template <int Level, int Name, class Value, class Wire = wire<Value>>
using readable = setting<Level, Name, Value, access::get, Wire>;
template <int Level, int Name, class Value, class Wire = wire<Value>>
using writable = setting<Level, Name, Value, access::set, Wire>;

/// The bytes of an object in a form that owns them.
template <class T>
    requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::array<std::byte, sizeof(T)> bytes_of(const T& object) noexcept {
    std::array<std::byte, sizeof(T)> bytes;
    std::memcpy(bytes.data(), &object, sizeof object);
    return bytes;
}

/// An object from its bytes; what is missing at the end is zero.
template <class T>
    requires std::is_trivially_copyable_v<T>
[[nodiscard]] T object_from(const_buffer bytes) noexcept {
    T object{};
    if (!bytes.empty()) std::memcpy(&object, bytes.data(), std::min(bytes.size(), sizeof object));
    return object;
}

template <std::integral Number>
struct wire<Number> {
    static constexpr std::size_t capacity = sizeof(Number);
    static auto encode(Number value) noexcept { return bytes_of(value); }
    static Number decode(const_buffer bytes) noexcept { return object_from<Number>(bytes); }
};

template <>
struct wire<bool> {
    static constexpr std::size_t capacity = sizeof(int);
    static auto encode(bool value) noexcept { return bytes_of(int{value}); }
    static bool decode(const_buffer bytes) noexcept { return object_from<int>(bytes) != 0; }
};

/// Enumerations travel as int.
template <class Enum>
    requires std::is_enum_v<Enum>
struct wire<Enum> {
    static constexpr std::size_t capacity = sizeof(int);
    static auto encode(Enum value) noexcept { return bytes_of(static_cast<int>(value)); }
    static Enum decode(const_buffer bytes) noexcept {
        return static_cast<Enum>(object_from<int>(bytes));
    }
};

/// A span of time travels as an int of its own unit: a longer one is refused.
template <class Rep, class Period>
struct wire<std::chrono::duration<Rep, Period>> {
    using duration = std::chrono::duration<Rep, Period>;
    static constexpr std::size_t capacity = sizeof(int);
    static auto encode(duration value) {
        return bytes_of(checked_cast<int>(value.count(), "time of an option"));
    }
    static duration decode(const_buffer bytes) noexcept {
        return duration(object_from<int>(bytes));
    }
};

/// A structure that is the kernel's own, byte for byte.
template <class T>
struct plain_wire {
    static_assert(std::has_unique_object_representations_v<T>, "no padding may reach the kernel");
    static constexpr std::size_t capacity = sizeof(T);
    static auto encode(const T& value) noexcept { return bytes_of(value); }
    static T decode(const_buffer bytes) noexcept { return object_from<T>(bytes); }
};

/// Text shorter than `Capacity`; the kernel would cut a longer one silently, so it is refused.
template <std::size_t Capacity>
struct text_wire {
    static constexpr std::size_t capacity = Capacity;
    static const_buffer encode(const std::string& value) {
        if (value.size() >= Capacity || value.find('\0') != std::string::npos) {
            throw std::invalid_argument("option text " + zocalo::quoted(value) + ": at most " +
                                        std::to_string(Capacity - 1) + " bytes and no NUL");
        }
        return const_buffer(value);
    }
    static std::string decode(const_buffer bytes) {
        const auto text = bytes.text();
        return std::string(text.substr(0, text.find('\0')));
    }
};

/// Bytes as they are, at most `Capacity` when read.
template <std::size_t Capacity>
struct blob_wire {
    static constexpr std::size_t capacity = Capacity;
    static const_buffer encode(const std::vector<std::byte>& value) noexcept { return {value}; }
    static std::vector<std::byte> decode(const_buffer bytes) {
        return {bytes.data(), bytes.data() + bytes.size()};
    }
};

/// An option that is switched on by being named, without a value.
struct nothing {};
template <>
struct wire<nothing> {
    static constexpr std::size_t capacity = sizeof(int);
    static auto encode(nothing) noexcept { return bytes_of(0); }
};

/// A number that the kernel wants in network order.
struct big_endian_wire {
    static constexpr std::size_t capacity = sizeof(std::uint32_t);
    static constexpr std::uint32_t swap(std::uint32_t value) noexcept {
        return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
    }
    static auto encode(std::uint32_t value) noexcept { return bytes_of(swap(value)); }
    static std::uint32_t decode(const_buffer bytes) noexcept {
        return swap(object_from<std::uint32_t>(bytes));
    }
};

}  // namespace zocalo::net::option
