// SPDX-License-Identifier: MIT
// A pattern is a list of texts and of sets. Their product is counted before it is made.
#include "fetch/url_pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::program {

namespace {

/// A text that is always the same is a set of one that has no number.
struct choice {
    std::vector<std::string> texts;
    bool is_set = true;
};

class reader {
 public:
    reader(std::string_view pattern, std::size_t most) : all_(pattern), most_(most) {}

    std::vector<choice> read() {
        while (at_ < all_.size()) {
            const char next = all_[at_];
            if (next == '{') {
                add(read_list());
            } else if (next == '[' && !is_address()) {
                add(read_range());
            } else {
                read_text();
            }
        }
        return std::move(made_);
    }

 private:
    [[noreturn]] void refuse(const std::string& why, std::size_t at) const {
        throw std::invalid_argument(why + " at character " + std::to_string(at + 1) + " of " +
                                    quoted(all_, 300) + "; -g takes it as it is");
    }
    [[noreturn]] void refuse_count() const {
        refuse("more than " + std::to_string(most_) + " URLs", at_ - 1);
    }

    void add(choice made) {
        if (made.texts.size() > most_ / count_) refuse_count();
        count_ *= made.texts.size();
        made_.push_back(std::move(made));
    }

    /// `[::1]`, with a zone or without.
    [[nodiscard]] bool is_address() const {
        const std::string_view rest = all_.substr(at_ + 1);
        const std::string_view inner = rest.substr(0, rest.find(']'));
        const auto ip = net::address::try_parse(inner.substr(0, inner.find('%')));
        return inner.size() < rest.size() && ip && ip->is_v6();
    }

    [[nodiscard]] bool is_escape() const {
        constexpr std::string_view meant = "[]{}";
        return all_[at_] == '\\' && at_ + 1 < all_.size() &&
               meant.find(all_[at_ + 1]) != std::string_view::npos;
    }

    void read_text() {
        choice same{{std::string()}, false};
        if (all_[at_] == '[') {  // an address
            const std::size_t end = all_.find(']', at_) + 1;
            same.texts[0] = all_.substr(at_, end - at_);
            at_ = end;
        }
        while (at_ < all_.size() && all_[at_] != '{' && all_[at_] != '[') {
            if (is_escape())
                ++at_;
            else if (all_[at_] == '}' || all_[at_] == ']')
                refuse("a bracket or brace that nothing has opened", at_);
            same.texts[0] += all_[at_++];
        }
        add(std::move(same));
    }

    choice read_list() {
        const std::size_t begin = at_++;
        choice made{{std::string()}};
        for (; at_ < all_.size() && all_[at_] != '}'; ++at_) {
            if (all_[at_] == '{' || all_[at_] == '[') refuse("a pattern within braces", at_);
            if (all_[at_] == ',') {
                made.texts.emplace_back();
                continue;
            }
            if (all_[at_] == '\\' && at_ + 1 < all_.size()) ++at_;
            made.texts.back() += all_[at_];
        }
        if (at_ >= all_.size()) refuse("a brace that nothing closes", begin);
        if (++at_ == begin + 2) refuse("nothing within braces", begin);
        return made;
    }

    choice read_range() {
        const std::size_t begin = at_;
        const std::size_t end = all_.find(']', at_);
        if (end == std::string_view::npos) refuse("a bracket that nothing closes", begin);
        const std::string_view inner = all_.substr(at_ + 1, end - at_ - 1);
        const std::size_t dash = inner.find('-');
        const std::size_t colon = std::min(inner.find(':'), inner.size());
        const auto step = colon == inner.size()
                              ? std::optional<std::uint64_t>(1)
                              : from_digits<std::uint64_t>(inner.substr(colon + 1));
        if (dash >= colon || !step || *step == 0) refuse("no range like 1-10, a-z or 0-8:2", begin);
        at_ = end + 1;
        const std::string_view first = inner.substr(0, dash);
        const std::string_view last = inner.substr(dash + 1, colon - dash - 1);
        choice made = is_letter(first) && is_letter(last) ? letters(first[0], last[0], *step)
                                                          : numbers(first, last, *step);
        if (made.texts.empty()) refuse("no range like 1-10, a-z or 0-8:2", begin);
        return made;
    }

    static bool is_letter(std::string_view text) {
        const auto low = static_cast<unsigned char>(text.empty() ? 0 : text[0] | 0x20);
        return text.size() == 1 && low >= 'a' && low <= 'z';
    }

    static choice letters(char first, char last, std::uint64_t step) {
        choice made;
        const bool has_one_case = (first & 0x20) == (last & 0x20);
        for (std::uint64_t at = 0; has_one_case && first <= last; at += step) {
            if (at > static_cast<std::uint64_t>(last - first)) break;
            made.texts.emplace_back(1, static_cast<char>(first + static_cast<char>(at)));
        }
        return made;
    }

    /// A 0 in front means that all have as many digits as the first one.
    choice numbers(std::string_view first, std::string_view last, std::uint64_t step) const {
        choice made;
        const auto from = from_digits<std::uint64_t>(first);
        const auto to = from_digits<std::uint64_t>(last);
        if (!from || !to || *from > *to) return made;
        if ((*to - *from) / step >= most_) refuse_count();
        const std::size_t width = first.starts_with('0') ? first.size() : 0;
        for (std::uint64_t i = 0; i <= (*to - *from) / step; ++i) {
            std::string digits = std::to_string(*from + i * step);
            if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
            made.texts.push_back(std::move(digits));
        }
        return made;
    }

    std::string_view all_;
    std::size_t most_;
    std::size_t at_ = 0;
    std::size_t count_ = 1;
    std::vector<choice> made_;
};

void extend(matched_url& begun, const choice& by, const std::string& text) {
    begun.url += text;
    if (by.is_set) begun.parts.push_back(text);
}

}  // namespace

std::vector<matched_url> matches_of(std::string_view pattern, std::size_t most) {
    std::vector<matched_url> all(1);
    for (const choice& each : reader(pattern, most).read()) {
        if (each.texts.size() == 1) {  // however many there are, nothing is copied for them
            for (matched_url& begun : all)
                extend(begun, each, each.texts.front());
            continue;
        }
        std::vector<matched_url> longer;
        for (const matched_url& begun : all) {
            for (const std::string& text : each.texts)
                extend(longer.emplace_back(begun), each, text);
        }
        all = std::move(longer);
    }
    return all;
}

std::string name_with(std::string_view name, const std::vector<std::string>& parts) {
    std::string made;
    for (;;) {
        const std::size_t sign = std::min(name.find('#'), name.size());
        made += name.substr(0, sign);
        name.remove_prefix(sign);
        if (name.empty()) return made;
        const std::size_t end = std::min(name.find_first_not_of("0123456789", 1), name.size());
        const auto number = from_digits<std::size_t>(name.substr(1, end - 1));
        const bool is_known = number && *number != 0 && *number <= parts.size();
        made += is_known ? std::string_view(parts[*number - 1]) : name.substr(0, end);
        name.remove_prefix(end);
    }
}

}  // namespace zocalo::program
