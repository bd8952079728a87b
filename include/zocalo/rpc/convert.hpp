// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/core/error.hpp"
#include "zocalo/rpc/value.hpp"

/// Values as C++ has them.
namespace zocalo::rpc {

namespace detail {
/// Throws protocol_error: "int expected, string came".
[[noreturn]] void wrong_kind(std::string_view expected, const value& came);
[[noreturn]] void out_of_range(std::int64_t number);
/// An int, or a decimal that is one without a sign.
[[nodiscard]] std::uint64_t to_unsigned(const value& from);
[[nodiscard]] value from_unsigned(std::uint64_t number);
/// An int or a double.
[[nodiscard]] double to_double(const value& from);

template <class Kind>
const Kind& exactly(const value& from, std::string_view expected) {
    if (const Kind* got = from.get_if<Kind>()) return *got;
    wrong_kind(expected, from);
}
}  // namespace detail

/// How a type becomes a value and comes back. Specialise it for types of your own:
///
///     template <>
///     struct rpc::conversion<point> {
///         static constexpr std::string_view name = "struct";
///         static value to(const point& p) { return value::structure{{"x", p.x}, {"y", p.y}}; }
///         static point from(const value& v) {
///             return {from_value<int>(v.at("x")), from_value<int>(v.at("y"))};
///         }
///     };
///
/// `name` stands in signatures. from() throws protocol_error, or std::out_of_range for a part that
/// is not there.
template <class T>
struct conversion;

/// The value as a T: bool, any int or floating type, std::string, date_time, binary, decimal,
/// std::vector, std::map with names, std::optional (nil), value, and what conversion is for.
///
/// Throws protocol_error when it is none: "int expected, string came".
template <class T>
[[nodiscard]] T from_value(const value& from) {
    return conversion<T>::from(from);
}
template <class T>
[[nodiscard]] value to_value(const T& what) {
    return conversion<T>::to(what);
}

template <>
struct conversion<value> {
    static constexpr std::string_view name = "any";
    static value to(const value& what) { return what; }
    static value from(const value& from) { return from; }
};

template <>
struct conversion<nil> {
    static constexpr std::string_view name = "nil";
    static value to(nil what) { return what; }
    static nil from(const value& from) { return detail::exactly<nil>(from, name); }
};

template <>
struct conversion<bool> {
    static constexpr std::string_view name = "boolean";
    static value to(bool what) { return what; }
    static bool from(const value& from) { return detail::exactly<bool>(from, name); }
};

template <std::integral T>
struct conversion<T> {
    static constexpr std::string_view name = "int";
    static value to(T what) {
        if constexpr (is_large) return detail::from_unsigned(what);
        return what;
    }
    static T from(const value& from) {
        if constexpr (is_large) return detail::to_unsigned(from);
        const auto number = detail::exactly<std::int64_t>(from, name);
        if (!std::in_range<T>(number)) detail::out_of_range(number);
        return static_cast<T>(number);
    }

 private:
    static constexpr bool is_large =
        std::unsigned_integral<T> && sizeof(T) == sizeof(std::uint64_t);
};

template <std::floating_point T>
struct conversion<T> {
    static constexpr std::string_view name = "double";
    static value to(T what) { return what; }
    static T from(const value& from) { return static_cast<T>(detail::to_double(from)); }
};

template <>
struct conversion<std::string> {
    static constexpr std::string_view name = "string";
    static value to(const std::string& what) { return what; }
    static std::string from(const value& from) { return detail::exactly<std::string>(from, name); }
};

/// To a value only: nothing keeps the text.
template <>
struct conversion<std::string_view> {
    static constexpr std::string_view name = "string";
    static value to(std::string_view what) { return what; }
};
template <>
struct conversion<const char*> : conversion<std::string_view> {};

template <>
struct conversion<decimal> {
    static constexpr std::string_view name = "bigdecimal";
    static value to(const decimal& what) { return what; }
    static decimal from(const value& from) { return detail::exactly<decimal>(from, name); }
};

template <>
struct conversion<date_time> {
    static constexpr std::string_view name = "dateTime.iso8601";
    static value to(date_time what) { return what; }
    /// A string too: JSON has no dates.
    static date_time from(const value& from) {
        if (const auto* text = from.get_if<std::string>()) return parse_date_time(*text);
        return detail::exactly<date_time>(from, name);
    }
};

template <>
struct conversion<binary> {
    static constexpr std::string_view name = "base64";
    static value to(const binary& what) { return what; }
    /// A string in Base64 too: JSON has no bytes.
    static binary from(const value& from);
};

template <class T>
struct conversion<std::vector<T>> {
    static constexpr std::string_view name = "array";
    static value to(const std::vector<T>& what) {
        value::array all;
        all.reserve(what.size());
        for (const auto& each : what)
            all.push_back(to_value<T>(each));
        return all;
    }
    static std::vector<T> from(const value& from) {
        std::vector<T> all;
        const auto& values = detail::exactly<value::array>(from, name);
        all.reserve(values.size());
        for (const value& each : values)
            all.push_back(from_value<T>(each));
        return all;
    }
};

template <class T, class Compare>
struct conversion<std::map<std::string, T, Compare>> {
    static constexpr std::string_view name = "struct";
    static value to(const std::map<std::string, T, Compare>& what) {
        value::structure all;
        for (const auto& [key, each] : what)
            all.emplace(key, to_value<T>(each));
        return all;
    }
    static std::map<std::string, T, Compare> from(const value& from) {
        std::map<std::string, T, Compare> all;
        for (const auto& [key, each] : detail::exactly<value::structure>(from, name))
            all.emplace(key, from_value<T>(each));
        return all;
    }
};

template <class T>
struct conversion<std::optional<T>> {
    static constexpr std::string_view name = conversion<T>::name;
    static value to(const std::optional<T>& what) {
        return what ? to_value<T>(*what) : value(nil{});
    }
    static std::optional<T> from(const value& from) {
        if (from.kind() == kind::nil) return std::nullopt;
        return from_value<T>(from);
    }
};

}  // namespace zocalo::rpc
