// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/grammar.hpp"
#include "zocalo/http/parameters.hpp"

namespace zocalo::http::detail {

/// Takes the value of a field apart, from its front: tokens, quoted strings and what is between
/// (RFC 9110 §5.6). Every character is looked at once.
class value_scanner {
 public:
    /// How a backslash in quotes is read: before any character it goes away, or only before quotes
    /// and backslashes, as those need it who send paths of Windows.
    enum class backslash : bool { escapes, is_kept };

    explicit value_scanner(std::string_view text,
                           backslash before_others = backslash::escapes) noexcept
        : text_(text), before_others_(before_others) {}

    [[nodiscard]] bool is_at_end() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] bool is_at(char c) const noexcept { return !is_at_end() && text_[at_] == c; }
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    void go_back_to(std::size_t position) noexcept { at_ = position; }

    /// OWS: spaces and tabs, whether there were any.
    bool skip_space() noexcept;
    /// Takes that character, if it is next.
    bool take(char c) noexcept;
    /// The token that is next; empty when there is none.
    std::string_view token() noexcept;
    /// All that is next and of a kind of characters.
    std::string_view take_while(bool (*wanted)(char) noexcept) noexcept;
    /// A quoted string whose first quote was taken, without its escapes; nothing when it does not
    /// end, or has a control character.
    std::optional<std::string> rest_of_quoted_string();
    /// A token or a quoted string.
    std::optional<std::string> value();
    /// `; name=value` as often as it comes. False for what is none, for a second one of a name with
    /// another value, and for more than parameters::most.
    bool parameters(http::parameters& into);

    /// Goes on behind the next `separator` that is in no quoted string, or to the end.
    void skip_member(char separator) noexcept;

 private:
    bool parameter(http::parameters& into);

    std::string_view text_;
    std::size_t at_ = 0;
    backslash before_others_;
};

}  // namespace zocalo::http::detail
