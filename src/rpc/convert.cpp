// SPDX-License-Identifier: MIT
#include "zocalo/rpc/convert.hpp"

#include "core/base64.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::rpc {

namespace detail {

void wrong_kind(std::string_view expected, const value& came) {
    throw protocol_error(std::string(expected).append(" expected, ").append(to_text(came.kind())) +
                         " came");
}

void out_of_range(std::int64_t number) {
    throw protocol_error("int out of range: " + std::to_string(number));
}

std::uint64_t to_unsigned(const value& from) {
    if (const auto* large = from.get_if<decimal>()) {
        if (const auto number = from_digits<std::uint64_t>(large->digits)) return *number;
    }
    const auto number = exactly<std::int64_t>(from, "int");
    if (number < 0) out_of_range(number);
    return static_cast<std::uint64_t>(number);
}

value from_unsigned(std::uint64_t number) {
    if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
    return decimal{std::to_string(number)};
}

double to_double(const value& from) {
    if (const auto* number = from.get_if<std::int64_t>()) return static_cast<double>(*number);
    return exactly<double>(from, "double");
}

}  // namespace detail

binary conversion<binary>::from(const value& from) {
    const auto* text = from.get_if<std::string>();
    if (text == nullptr) return detail::exactly<binary>(from, name);
    auto bytes = try_unbase64(*text);
    if (!bytes) throw protocol_error("base64 expected, a string came that is not in Base64");
    return {std::move(*bytes)};
}

}  // namespace zocalo::rpc
