// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What procedures take and give.
namespace zocalo::rpc {

/// Nothing: `<nil/>`, `null`.
struct nil {
    friend bool operator==(nil, nil) = default;
};

/// Bytes that are no text: `<base64>`; in JSON a string in Base64.
struct binary {
    std::string bytes;
    friend bool operator==(const binary&, const binary&) = default;
};

/// A number with more digits than an int or a double has room for, as it is written:
/// `<bigdecimal>`, `<biginteger>`; in JSON a string.
struct decimal {
    std::string digits;
    friend bool operator==(const decimal&, const decimal&) = default;
};

/// A date and a time of day, nobody says where: `<dateTime.iso8601>`; in JSON a string.
using date_time = std::chrono::local_seconds;

/// In the order of what value::get_if() can ask for.
enum class kind : std::uint8_t {
    nil,
    boolean,
    integer,
    real,
    decimal,
    string,
    date,
    binary,
    array,
    structure,
};
/// "nil", "boolean", "int", "double", "bigdecimal", "string", "dateTime.iso8601", "base64",
/// "array", "struct": the words of XML-RPC.
[[nodiscard]] std::string_view to_text(kind what) noexcept;

/// A value of any kind.
///
///     const rpc::value person = rpc::value::structure{{"name", "Ada"}, {"age", 36}};
///     const std::string name = rpc::from_value<std::string>(person.at("name"));   // convert.hpp
class value {
 public:
    using array = std::vector<value>;
    using structure = std::map<std::string, value, std::less<>>;

    value() = default;
    value(nil /*nothing*/) noexcept {}                                        // NOLINT
    value(std::same_as<bool> auto truth) noexcept : is_(truth) {}             // NOLINT
    value(std::floating_point auto number) noexcept : is_(double{number}) {}  // NOLINT
    value(decimal number) : is_(std::move(number)) {}                         // NOLINT
    value(std::string text) : is_(std::move(text)) {}                         // NOLINT
    value(std::string_view text) : is_(std::string(text)) {}                  // NOLINT
    value(const char* text) : is_(std::string(text)) {}                       // NOLINT
    value(date_time when) : is_(when) {}                                      // NOLINT
    value(binary bytes) : is_(std::move(bytes)) {}                            // NOLINT
    value(array values) : is_(std::move(values)) {}                           // NOLINT
    value(structure members) : is_(std::move(members)) {}                     // NOLINT
    /// Throws std::out_of_range when it does not fit into 64 bits with a sign.
    template <std::integral Number>
        requires(!std::same_as<Number, bool>)
    value(Number number) : is_(checked(number)) {}  // NOLINT

    [[nodiscard]] rpc::kind kind() const noexcept { return rpc::kind(is_.index()); }
    /// Null when it is of another kind: `get_if<std::int64_t>()`.
    template <class Kind>
    [[nodiscard]] const Kind* get_if() const noexcept {
        return std::get_if<Kind>(&is_);
    }

    /// How many values an array or a struct has; 0 for any other kind.
    [[nodiscard]] std::size_t size() const noexcept;
    /// A part of an array or of a struct. Throws std::out_of_range when there is none.
    [[nodiscard]] const value& at(std::size_t index) const;
    [[nodiscard]] const value& at(std::string_view name) const;

    friend bool operator==(const value&, const value&) = default;

 private:
    template <class Number>
    static std::int64_t checked(Number number) {
        if (!std::in_range<std::int64_t>(number)) too_large();
        return static_cast<std::int64_t>(number);
    }
    [[noreturn]] static void too_large();

    std::variant<nil, bool, std::int64_t, double, decimal, std::string, date_time, binary, array,
                 structure>
        is_;
};

/// An array of these: `rpc::list(1, "two", rpc::list(3))`. Braces would make an array of one array
/// a copy of that.
template <class... Values>
[[nodiscard]] value list(Values&&... values) {
    value::array all;
    all.reserve(sizeof...(values));
    (all.emplace_back(std::forward<Values>(values)), ...);
    return all;
}

/// `19980717T14:08:55`
[[nodiscard]] std::string to_text(date_time when);
/// Reads that, and `1998-07-17T14:08:55`, with or without a fraction or a `Z` behind. Throws
/// protocol_error.
[[nodiscard]] date_time parse_date_time(std::string_view text);

}  // namespace zocalo::rpc
