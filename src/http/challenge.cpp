// SPDX-License-Identifier: MIT
// A comma stands between challenges and between the parameters of one. What follows it is a
// parameter if it has an equals sign behind its name, and a new challenge if not.
#include "zocalo/http/challenge.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "core/ascii.hpp"
#include "core/base64.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

using detail::value_scanner;

constexpr std::array<std::string_view, 4> bare_in_challenges{"stale", "algorithm", "userhash",
                                                             "nc"};
constexpr std::array<std::string_view, 5> bare_in_credentials{"stale", "algorithm", "userhash",
                                                              "nc", "qop"};

bool is_token68_character(char c) noexcept {
    return is_letter_or_digit(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
}

// token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
std::string take_token68(value_scanner& from) {
    std::string token(from.take_while(is_token68_character));
    if (!token.empty()) token += from.take_while([](char c) noexcept { return c == '='; });
    return token;
}

bool is_token68(std::string_view text) {
    value_scanner from(text);
    return !take_token68(from).empty() && from.is_at_end();
}

// auth-param = token BWS "=" BWS ( token / quoted-string )
/// False when what comes next is no parameter, and nothing is taken then.
bool take_parameter_name(value_scanner& from, std::string_view& name) {
    const std::size_t before = from.position();
    name = from.token();
    from.skip_space();
    if (!name.empty() && from.take('=')) return true;
    from.go_back_to(before);
    return false;
}

/// All parameters up to the next challenge, or the end. False when it breaks the grammar.
bool take_parameters(value_scanner& from, http::parameters& into) {
    std::string_view name;
    while (take_parameter_name(from, name)) {
        from.skip_space();
        const auto value = from.value();
        if (!value || into.find(name) || into.size() == http::parameters::most) return false;
        into.set(name, *value);
        from.skip_space();
        if (!from.is_at_end() && !from.is_at(',')) return false;
        while (from.take(','))
            from.skip_space();
    }
    return true;
}

/// One challenge and the commas behind it.
bool take_challenge(value_scanner& from, std::string& scheme, std::string& token,
                    http::parameters& into) {
    scheme = from.token();
    if (scheme.empty()) return false;
    const bool is_spaced = from.skip_space();
    if (!from.is_at_end() && !from.is_at(',')) {
        if (!is_spaced) return false;
        const std::size_t before = from.position();
        token = take_token68(from);
        from.skip_space();
        if (token.empty() || (!from.is_at_end() && !from.is_at(','))) {
            token.clear();
            from.go_back_to(before);
            return take_parameters(from, into) && !into.empty();
        }
    }
    while (from.take(','))
        from.skip_space();
    return true;
}

std::string print(std::string_view scheme, std::string_view token,
                  const http::parameters& parameters, std::span<const std::string_view> bare) {
    if (!is_token(scheme)) throw std::invalid_argument("no scheme: " + quoted(scheme));
    std::string text(scheme);
    if (!token.empty()) {
        if (!is_token68(token) || !parameters.empty())
            throw std::invalid_argument("no token for a scheme, or one too many");
        return (text += ' ') += token;
    }
    std::string_view separator = " ";
    for (const auto& [name, value] : parameters) {
        text.append(separator).append(name) += '=';
        const bool is_bare = std::ranges::find(bare, name) != bare.end() && is_token(value);
        text += is_bare ? value : quoted_string(value);
        separator = ", ";
    }
    return text;
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

void refuse_controls(std::string_view text, std::string_view what) {
    if (std::ranges::any_of(text, is_control))
        throw std::invalid_argument("a control character in the " + std::string(what));
}

}  // namespace

std::optional<std::vector<challenge>> challenge::try_parse_all(std::string_view text) {
    std::vector<challenge> all;
    value_scanner from(trimmed(text));
    do {
        from.skip_space();
    } while (from.take(','));
    while (!from.is_at_end()) {
        challenge next;
        if (all.size() == most || !take_challenge(from, next.scheme, next.token, next.parameters))
            return std::nullopt;
        all.push_back(std::move(next));
    }
    return all;
}

bool challenge::is(std::string_view other) const noexcept {
    return same_name(scheme, other);
}

std::string_view challenge::realm() const noexcept {
    return parameters.find("realm").value_or("");
}

std::string challenge::to_string() const {
    return print(scheme, token, parameters, bare_in_challenges);
}

std::optional<credentials> credentials::try_parse(std::string_view text) {
    value_scanner from(trimmed(text));
    credentials read;
    if (!take_challenge(from, read.scheme, read.token, read.parameters) || !from.is_at_end())
        return std::nullopt;
    return read;
}

bool credentials::is(std::string_view other) const noexcept {
    return same_name(scheme, other);
}

std::string credentials::to_string() const {
    return print(scheme, token, parameters, bare_in_credentials);
}

challenge basic_challenge(std::string_view realm) {
    challenge made{.scheme = "Basic"};
    made.parameters.set("realm", realm).set("charset", "UTF-8");
    return made;
}

credentials basic_credentials(std::string_view user, std::string_view password) {
    refuse_controls(user, "name of a user");
    refuse_controls(password, "password");
    if (user.find(':') != std::string_view::npos)
        throw std::invalid_argument("a colon in the name of a user");
    std::string both(user);
    both += ':';
    both += password;
    return {.scheme = "Basic", .token = base64(both)};
}

std::optional<user_and_password> read_basic(const credentials& shown) {
    if (!shown.is("Basic")) return std::nullopt;
    const auto both = try_unbase64(shown.token);
    if (!both) return std::nullopt;
    const std::size_t colon = both->find(':');
    if (colon == std::string::npos || std::ranges::any_of(*both, is_control)) return std::nullopt;
    return user_and_password{both->substr(0, colon), both->substr(colon + 1)};
}

credentials bearer_credentials(std::string_view token) {
    if (!is_token68(token)) throw std::invalid_argument("no token for Bearer");
    return {.scheme = "Bearer", .token = std::string(token)};
}

}  // namespace zocalo::http
