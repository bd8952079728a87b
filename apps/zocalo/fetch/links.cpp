// SPDX-License-Identifier: MIT
// A tag that does not end ends the page: so nothing is looked for twice.
#include "fetch/links.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "zocalo/core/number.hpp"

namespace zocalo::program {

namespace {

constexpr std::string_view blanks = " \t\r\n\f";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](char c) { return lower(c); });
    return made;
}

void append_utf8(std::string& to, std::uint32_t code) {
    const auto add = [&to](std::uint32_t byte) { to += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | (code >> 6));
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | (code >> 12));
        add(0x80 | ((code >> 6) & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | (code >> 18));
        add(0x80 | ((code >> 12) & 0x3F));
        add(0x80 | ((code >> 6) & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

/// What stands between `&` and `;`.
std::optional<std::uint32_t> character(std::string_view name) {
    struct named {
        std::string_view name;
        std::uint32_t code;
    };
    constexpr std::array known{named{"amp", '&'}, named{"lt", '<'}, named{"gt", '>'},
                               named{"quot", '"'}, named{"apos", '\''}};
    for (const named& each : known)
        if (each.name == name) return each.code;
    if (!name.starts_with('#')) return std::nullopt;
    name.remove_prefix(1);
    const bool is_hex = name.starts_with('x') || name.starts_with('X');
    if (is_hex) name.remove_prefix(1);
    const auto code = from_digits<std::uint32_t>(lower(name), is_hex ? 16 : 10);
    const bool is_good = code && *code < 0x110000 && (*code < 0xD800 || *code > 0xDFFF);
    return is_good ? code : std::nullopt;
}

std::string decoded(std::string_view text) {
    constexpr std::size_t longest = 10;  // of a reference
    std::string made;
    while (!text.empty()) {
        const std::size_t end = text.substr(0, longest + 1).find(';');
        const bool is_reference = text.front() == '&' && end != std::string_view::npos;
        const auto code = is_reference ? character(text.substr(1, end - 1)) : std::nullopt;
        if (code) {
            append_utf8(made, *code);
            text.remove_prefix(end + 1);
        } else {
            made += text.front();
            text.remove_prefix(1);
        }
    }
    return made;
}

class scanner {
 public:
    scanner(std::string_view html, std::size_t most) : rest_(html), most_(most) {}

    page_links run() {
        while (skip_to("<") && found_.links.size() < most_) {
            if (rest_.starts_with("<!--")) {
                (void)skip_behind("-->");
            } else if (rest_.size() > 1 && is_letter(rest_[1])) {
                read_tag();
            } else {
                rest_.remove_prefix(1);
            }
        }
        return std::move(found_);
    }

 private:
    bool skip_to(std::string_view what) {
        rest_.remove_prefix(std::min(rest_.find(what), rest_.size()));
        return !rest_.empty();
    }
    bool skip_behind(std::string_view what) {
        if (!skip_to(what)) return false;
        rest_.remove_prefix(what.size());
        return true;
    }
    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
    }
    std::string_view take_until(std::string_view ends) {
        const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    void read_tag() {
        rest_.remove_prefix(1);
        const std::string tag = lower(take_until(" \t\r\n\f/>"));
        while (read_attribute(tag)) {
        }
        if (tag == "script" || tag == "style") skip_content(tag);
    }

    /// False: that was the last one.
    bool read_attribute(const std::string& tag) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n\f/"), rest_.size()));
        if (rest_.empty()) return false;
        if (rest_.front() == '>') {
            rest_.remove_prefix(1);
            return false;
        }
        // An equals sign at the beginning is a part of the name, as in browsers.
        const std::size_t end = rest_.find_first_of(" \t\r\n\f/>=", 1);
        const std::string name = lower(rest_.substr(0, end));
        rest_.remove_prefix(std::min(end, rest_.size()));
        skip_blanks();
        if (!rest_.starts_with('=')) return true;
        rest_.remove_prefix(1);
        skip_blanks();
        note(tag, name, read_value());
        return true;
    }

    std::string_view read_value() {
        const bool is_quoted = rest_.starts_with('"') || rest_.starts_with('\'');
        if (!is_quoted) return take_until(" \t\r\n\f>");
        const std::string_view quote = rest_.substr(0, 1);
        rest_.remove_prefix(1);
        const std::string_view value = take_until(quote);
        if (rest_.empty()) return {};  // it does not end
        rest_.remove_prefix(1);
        return value;
    }

    void note(const std::string& tag, const std::string& name, std::string_view value) {
        if (name != "href" && name != "src") return;
        const std::size_t first = value.find_first_not_of(blanks);
        if (first == std::string_view::npos) return;
        value = value.substr(first, value.find_last_not_of(blanks) - first + 1);
        if (tag != "base") {
            found_.links.push_back(decoded(value));
        } else if (found_.base.empty() && name == "href") {
            found_.base = decoded(value);
        }
    }

    void skip_content(const std::string& tag) {
        while (skip_behind("</")) {
            if (lower(rest_.substr(0, tag.size())) == tag) return;
        }
    }

    std::string_view rest_;
    std::size_t most_;
    page_links found_;
};

}  // namespace

page_links links_in(std::string_view html, std::size_t most) {
    return scanner(html, most).run();
}

}  // namespace zocalo::program
