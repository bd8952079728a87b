// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

/// What a request wants done: any token, so that methods of other RFCs (`PROPFIND`) are as good as
/// those named here. Upper and lower case differ (RFC 9110 §9.1).
class method {
 public:
    static constexpr std::size_t longest = 23;

    static const method get;
    static const method head;
    static const method post;
    static const method put;
    static const method delete_;  // NOLINT: the word is a keyword
    static const method connect;
    static const method options;
    static const method trace;
    static const method patch;

    /// A name that is known when the program is compiled, and checked then: `method("PROPFIND")`.
    template <std::size_t N>
    consteval method(const char (&name)[N]) : method(std::string_view(name, N - 1), checked{}) {
        if (!is_token(text()) || N - 1 > longest) throw std::invalid_argument("no method");
    }

    /// Throws std::invalid_argument, which shows it, for what is no token or too long.
    static method parse(std::string_view name);
    static constexpr std::optional<method> try_parse(std::string_view name) noexcept {
        if (name.size() > longest || !is_token(name)) return std::nullopt;
        return method(name, checked{});
    }

    [[nodiscard]] constexpr std::string_view text() const noexcept { return {text_.data(), size_}; }

    friend constexpr bool operator==(const method&, const method&) noexcept = default;

 private:
    struct checked {};
    constexpr method(std::string_view name, checked) noexcept
        : size_(static_cast<std::uint8_t>(name.size())) {
        std::ranges::copy(name.substr(0, longest), text_.begin());
    }

    std::uint8_t size_ = 0;  // first: most comparisons end here
    std::array<char, longest> text_{};
};

inline constexpr method method::get{"GET"};
inline constexpr method method::head{"HEAD"};
inline constexpr method method::post{"POST"};
inline constexpr method method::put{"PUT"};
inline constexpr method method::delete_{"DELETE"};
inline constexpr method method::connect{"CONNECT"};
inline constexpr method method::options{"OPTIONS"};
inline constexpr method method::trace{"TRACE"};
inline constexpr method method::patch{"PATCH"};

/// Whether it only asks, and changes nothing (RFC 9110 §9.2.1).
[[nodiscard]] constexpr bool is_safe(const method& what) noexcept {
    return what == method::get || what == method::head || what == method::options ||
           what == method::trace;
}

/// Whether doing it twice is the same as doing it once (RFC 9110 §9.2.2).
[[nodiscard]] constexpr bool is_idempotent(const method& what) noexcept {
    return is_safe(what) || what == method::put || what == method::delete_;
}

std::ostream& operator<<(std::ostream& out, const method& what);

}  // namespace zocalo::http
