// SPDX-License-Identifier: MIT
#include "zocalo/url/netrc.hpp"

#include <algorithm>
#include <stdexcept>

namespace zocalo::url {

/// Takes words off a text.
class netrc::parser {
 public:
    explicit parser(std::string_view text) noexcept : text_(text) {}

    netrc run() {
        netrc made;
        entry* into = nullptr;
        while (const auto word = next()) {
            if (*word == "machine") {
                std::string name = value();
                auto spelled = host::try_parse(name);
                made.machines_.push_back({std::move(name), std::move(spelled), {}});
                into = &made.machines_.back().what;
            } else if (*word == "default") {
                into = made.default_ ? &unused_ : &made.default_.emplace();
            } else if (*word == "macdef") {
                skip_macro();
            } else {
                put(*word, into);
            }
        }
        return made;
    }

 private:
    void put(const std::string& name, entry* into) {
        if (into == nullptr) refuse("something before the first machine");
        if (name == "login" || name == "user") {
            into->user = value();
        } else if (name == "password") {
            into->password = value();
        } else if (name == "account") {
            into->account = value();
        } else {
            refuse("an unknown word");
        }
    }

    std::string value() {
        auto word = next();
        if (!word) refuse("a value is missing");
        return *std::move(word);
    }

    /// The next word; nothing at the end.
    std::optional<std::string> next() {
        for (;;) {
            while (at_ < text_.size() && is_space(text_[at_]))
                line_ += text_[at_++] == '\n' ? 1U : 0U;
            if (at_ == text_.size()) return std::nullopt;
            if (text_[at_] != '#') break;
            at_ = std::min(text_.find('\n', at_), text_.size());
        }
        const bool is_quoted = text_[at_] == '"';
        if (is_quoted) ++at_;
        std::string word;
        for (; at_ < text_.size(); ++at_) {
            char c = text_[at_];
            if (is_quoted ? c == '"' : is_space(c)) break;
            if (c == '\\' && at_ + 1 < text_.size()) c = text_[++at_];
            if (c == '\n' || c == '\r' || c == '\0') refuse("a control character");
            word += c;
        }
        if (is_quoted && at_++ == text_.size()) refuse("a quote without its other one");
        return word;
    }

    /// To the next empty line.
    void skip_macro() {
        const std::size_t end = std::min(text_.find("\n\n", at_), text_.size());
        line_ += static_cast<unsigned>(std::ranges::count(text_.substr(at_, end - at_), '\n'));
        at_ = end;
    }

    static bool is_space(char c) noexcept {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
    [[noreturn]] void refuse(const char* why) const {
        throw std::invalid_argument("netrc, line " + std::to_string(line_) + ": " + why);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
    entry unused_;
};

netrc netrc::parse(std::string_view text) {
    if (text.size() > longest) throw std::invalid_argument("netrc: too long");
    return parser(text).run();
}

const netrc::entry* netrc::find(const host& wanted) const noexcept {
    const auto found = std::ranges::find_if(
        machines_, [&wanted](const machine& each) { return each.spelled == wanted; });
    return found == machines_.end() ? nullptr : &found->what;
}

}  // namespace zocalo::url
