// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zocalo::http {

/// `name=value` pairs of a field's value, as in `text/html; charset=utf-8` (RFC 9110 §5.6.6), in
/// their order. Upper and lower case of names are the same; each is there once.
class parameters {
 public:
    /// A field with more of them is refused where it is read.
    static constexpr std::size_t most = 64;

    using value_type = std::pair<std::string, std::string>;  ///< a name in lower case, and a value

    /// The value of that name, without quotes and backslashes.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// Puts one in, in place of the one of that name.
    ///
    /// Throws std::invalid_argument for a name that is no token and for a value with a control
    /// character.
    parameters& set(std::string_view name, std::string_view value);
    /// Whether there was one.
    bool remove(std::string_view name);

    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
    [[nodiscard]] auto end() const noexcept { return all_.end(); }

    /// Appends `separator` and `name=value` for each; a value that is no token goes in quotes.
    void append_to(std::string& out, std::string_view separator = "; ") const;

    friend bool operator==(const parameters&, const parameters&) = default;

 private:
    std::vector<value_type> all_;
};

/// The text in quotes, with a backslash before quotes and backslashes (RFC 9110 §5.6.4).
///
/// Throws std::invalid_argument for a control character.
[[nodiscard]] std::string quoted_string(std::string_view text);

}  // namespace zocalo::http
