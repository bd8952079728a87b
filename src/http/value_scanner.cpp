// SPDX-License-Identifier: MIT
#include "http/value_scanner.hpp"

namespace zocalo::http::detail {

bool value_scanner::skip_space() noexcept {
    const std::size_t before = at_;
    while (is_at(' ') || is_at('\t'))
        ++at_;
    return at_ != before;
}

bool value_scanner::take(char c) noexcept {
    if (!is_at(c)) return false;
    ++at_;
    return true;
}

std::string_view value_scanner::token() noexcept {
    return take_while([](char c) noexcept { return is(token_character, c); });
}

std::string_view value_scanner::take_while(bool (*wanted)(char) noexcept) noexcept {
    const std::size_t first = at_;
    while (!is_at_end() && wanted(text_[at_]))
        ++at_;
    return text_.substr(first, at_ - first);
}

// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
std::optional<std::string> value_scanner::rest_of_quoted_string() {
    std::string plain;
    for (; !is_at_end(); ++at_) {
        if (take('"')) return plain;
        if (take('\\')) {
            if (is_at_end()) break;
            if (before_others_ == backslash::is_kept && !is_at('"') && !is_at('\\')) plain += '\\';
        }
        if (!is(value_character, text_[at_])) break;
        plain += text_[at_];
    }
    return std::nullopt;
}

std::optional<std::string> value_scanner::value() {
    if (take('"')) return rest_of_quoted_string();
    const std::string_view plain = token();
    if (plain.empty()) return std::nullopt;
    return std::string(plain);
}

// parameters = *( OWS ";" OWS [ parameter ] )
bool value_scanner::parameters(http::parameters& into) {
    for (;;) {
        const std::size_t before = at_;
        skip_space();
        if (!take(';')) {
            at_ = before;
            return true;
        }
        skip_space();
        if (is_at(';') || is_at_end() || is_at(',')) continue;
        if (!parameter(into)) return false;
    }
}

bool value_scanner::parameter(http::parameters& into) {
    const std::string_view name = token();
    if (name.empty() || !take('=')) return false;
    const std::optional<std::string> text = value();
    if (!text) return false;
    if (const auto before = into.find(name)) return *before == *text;
    if (into.size() == http::parameters::most) return false;
    into.set(name, *text);
    return true;
}

void value_scanner::skip_member(char separator) noexcept {
    bool is_quoted = false;
    for (; !is_at_end(); ++at_) {
        if (text_[at_] == '"') is_quoted = !is_quoted;
        if (is_quoted && text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        if (!is_quoted && text_[at_] == separator) break;
    }
    take(separator);
}

}  // namespace zocalo::http::detail
