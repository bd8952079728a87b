// SPDX-License-Identifier: MIT
// CSS is read as its tokens: comments, strings, url(), and whatever else there is (CSS Syntax 3,
// section 4). A string is a link behind @import, and so is url() anywhere.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "fetch/edited_text.hpp"
#include "fetch/letters.hpp"
#include "fetch/links.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::program {

namespace {

bool is_name(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || (c & 0x80) != 0;
}

/// What stands behind a backslash, which is gone already.
void append_escape(std::string& to, std::string_view& rest) {
    constexpr std::size_t longest = 6;
    const std::size_t end = rest.substr(0, longest).find_first_not_of("0123456789abcdefABCDEF");
    const std::string_view digits = rest.substr(0, std::min({end, longest, rest.size()}));
    if (digits.empty()) {
        if (!rest.empty() && rest.front() != '\n') to += rest.front();
        rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
        return;
    }
    rest.remove_prefix(digits.size());
    if (rest.starts_with("\r\n")) rest.remove_prefix(1);
    if (!rest.empty() && blanks.find(rest.front()) != std::string_view::npos) rest.remove_prefix(1);
    const auto code = from_digits<std::uint32_t>(digits, 16);
    append_character(to, code && *code != 0 && is_character(*code) ? *code : 0xFFFD);
}

std::string decoded(std::string_view written) {
    std::string made;
    while (!written.empty()) {
        const char first = written.front();
        written.remove_prefix(1);
        if (first == '\\') {
            append_escape(made, written);
        } else {
            made += first;
        }
    }
    return made;
}

/// Good in any quotes, and without: what has a meaning in CSS becomes `%XX`.
std::string encoded(std::string_view link) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (const char c : link) {
        const bool is_special = std::string_view("\"'()\\<>").find(c) != std::string_view::npos;
        const auto byte = static_cast<unsigned char>(c);
        if (!is_special && byte > ' ') {
            made += c;
        } else {
            ((made += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    return made;
}

class style_scanner {
 public:
    style_scanner(std::string_view css, const link_change& change)
        : rest_(css), made_(css), change_(change) {}

    std::string run() && {
        while (!rest_.empty())
            read_token();
        return std::move(made_).take();
    }

 private:
    void read_token() {
        const char first = rest_.front();
        if (rest_.starts_with("/*")) {
            const std::size_t end = rest_.find("*/", 2);
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
        } else if (first == '"' || first == '\'') {
            const std::string_view text = take_string();
            if (std::exchange(is_import_, false)) note(text);
        } else if (is_name(first) || first == '@') {
            read_name();
        } else {
            if (first == ';' || first == '{') is_import_ = false;
            rest_.remove_prefix(first == '\\' ? std::min<std::size_t>(2, rest_.size()) : 1);
        }
    }

    void read_name() {
        const std::size_t end = static_cast<std::size_t>(
            std::ranges::find_if_not(rest_.begin() + 1, rest_.end(), is_name) - rest_.begin());
        const std::string_view name = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (name.front() == '@') is_import_ = lower(name) == "@import";
        if (lower(name) != "url" || !rest_.starts_with('(')) return;
        is_import_ = false;
        rest_.remove_prefix(1);
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
        const bool is_string = rest_.starts_with('"') || rest_.starts_with('\'');
        note(is_string ? take_string() : take_bare());
    }

    /// What is between quotes; empty when that does not end in its line.
    std::string_view take_string() {
        const char quote = rest_.front();
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != quote && rest_[end] != '\n')
            end += rest_[end] == '\\' ? 2 : 1;
        const bool is_whole = end < rest_.size() && rest_[end] == quote;
        const std::string_view taken = is_whole ? rest_.substr(1, end - 1) : std::string_view();
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return taken;
    }

    std::string_view take_bare() {
        std::size_t end = 0;
        while (end < rest_.size() && rest_[end] != ')')
            end += rest_[end] == '\\' ? 2 : 1;
        const bool is_whole = end < rest_.size();
        const std::string_view taken = is_whole ? rest_.substr(0, end) : std::string_view();
        rest_.remove_prefix(std::min(end, rest_.size()));
        const std::size_t last = taken.find_last_not_of(blanks);
        return last == std::string_view::npos ? std::string_view() : taken.substr(0, last + 1);
    }

    void note(std::string_view written) {
        if (written.empty()) return;
        const auto by = change_(link_use::needed, decoded(written));
        if (by) made_.replace(written, encoded(*by));
    }

    std::string_view rest_;
    edited_text made_;
    const link_change& change_;
    bool is_import_ = false;
};

}  // namespace

std::string change_style_links(std::string_view css, const link_change& change) {
    return style_scanner(css, change).run();
}

}  // namespace zocalo::program
