// SPDX-License-Identifier: MIT
// Patterns of URLs, and the names of files that they make (zocalo get): only the declared error;
// never more than may be made; what a pattern stands for is what a naive reader makes of one set
// after the other; what has no meaning left stands for itself; time linear in what is made.
#include "fetch/url_pattern.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/net/address.hpp"

namespace {

namespace program = zocalo::program;
using texts = std::vector<std::string>;
using all_matches = std::vector<program::matched_url>;

constexpr std::size_t most = 300;

/// What is refused, here and there.
struct refused {};

bool is_one_of(char each, std::string_view some) {
    return some.find(each) != std::string_view::npos;
}

/// The texts between braces, which are taken off.
texts list_of(std::string& rest) {
    texts all(1);
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '}'; ++at) {
        if (is_one_of(rest[at], "{[")) throw refused();
        if (rest[at] == '\\' && at + 1 < rest.size()) {
            all.back() += rest[++at];
        } else if (rest[at] == ',') {
            all.emplace_back();
        } else {
            all.back() += rest[at];
        }
    }
    if (at >= rest.size() || at == 1) throw refused();
    rest.erase(0, at + 1);
    return all;
}

std::optional<std::uint64_t> number_of(const std::string& digits) {
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    std::uint64_t number = 0;
    for (const char each : digits) {
        const auto digit = static_cast<std::uint64_t>(each - '0');
        if (number > (UINT64_MAX - digit) / 10) return std::nullopt;
        number = number * 10 + digit;
    }
    return number;
}

bool are_letters(const std::string& first, const std::string& last) {
    const auto are = [&](char a, char z) {
        return first[0] >= a && first[0] <= z && last[0] >= a && last[0] <= z;
    };
    return first.size() == 1 && last.size() == 1 && (are('a', 'z') || are('A', 'Z'));
}

/// The numbers or letters between brackets, which are taken off.
texts range_of(std::string& rest) {
    const std::size_t end = rest.find(']');
    if (end == std::string::npos) throw refused();
    std::string inner = rest.substr(1, end - 1);
    rest.erase(0, end + 1);
    std::uint64_t step = 1;
    if (const std::size_t colon = inner.find(':'); colon != std::string::npos) {
        step = number_of(inner.substr(colon + 1)).value_or(0);
        inner.resize(colon);
    }
    const std::size_t dash = inner.find('-');
    if (dash == std::string::npos || step == 0) throw refused();
    const std::string first = inner.substr(0, dash);
    const std::string last = inner.substr(dash + 1);
    const bool has_letters = are_letters(first, last);
    const auto from = has_letters ? static_cast<std::uint64_t>(first[0]) : number_of(first);
    const auto to = has_letters ? static_cast<std::uint64_t>(last[0]) : number_of(last);
    if (!from || !to || *from > *to) throw refused();
    texts all;
    for (std::uint64_t at = *from;; at += step) {
        std::string made = has_letters ? std::string(1, static_cast<char>(at)) : std::to_string(at);
        while (!has_letters && first[0] == '0' && made.size() < first.size())
            made.insert(made.begin(), '0');
        all.push_back(made);
        if (all.size() > most) throw refused();
        if (*to - at < step) return all;
    }
}

/// An address in brackets, or one character; taken off.
std::string plain_of(std::string& rest) {
    std::size_t size = 1;
    if (rest[0] == '[') {
        size = rest.find(']') + 1;
    } else if (rest[0] == '\\' && rest.size() > 1 && is_one_of(rest[1], "{}[]")) {
        rest.erase(0, 1);
    } else if (is_one_of(rest[0], "}]")) {
        throw refused();
    }
    const std::string plain = rest.substr(0, size);
    rest.erase(0, size);
    return plain;
}

bool begins_with_address(const std::string& rest) {
    const std::size_t end = rest.find(']');
    if (rest[0] != '[' || end == std::string::npos) return false;
    const std::string inner = rest.substr(1, end - 1);
    const auto ip = zocalo::net::address::try_parse(inner.substr(0, inner.find('%')));
    return ip && ip->is_v6();
}

/// The oracle: what there is, and each of its matches once more for each text of the next set.
all_matches naive(std::string rest) {
    all_matches all(1);
    while (!rest.empty()) {
        const bool is_plain = !is_one_of(rest[0], "{[") || begins_with_address(rest);
        if (is_plain) {
            const std::string same = plain_of(rest);
            for (program::matched_url& each : all)
                each.url += same;
            continue;
        }
        const texts set = rest[0] == '{' ? list_of(rest) : range_of(rest);
        if (all.size() * set.size() > most) throw refused();
        all_matches longer;
        for (const program::matched_url& each : all) {
            for (const std::string& text : set) {
                longer.push_back(each);
                longer.back().url += text;
                longer.back().parts.push_back(text);
            }
        }
        all = longer;
    }
    return all;
}

std::optional<all_matches> expected_of(const std::string& pattern) {
    try {
        return naive(pattern);
    } catch (const refused&) {
        return std::nullopt;
    }
}

std::optional<all_matches> matches_of(const std::string& pattern) {
    try {
        return program::matches_of(pattern, most);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

/// The oracle of names: each number is tried from the front, digit by digit.
std::string naive_name(const std::string& name, const texts& parts) {
    std::string made;
    for (std::size_t at = 0; at < name.size(); ++at) {
        std::string digits;
        while (name[at] == '#' && at + 1 + digits.size() < name.size() &&
               is_one_of(name[at + 1 + digits.size()], "0123456789"))
            digits += name[at + 1 + digits.size()];
        const auto number = number_of(digits);
        if (number && *number != 0 && *number <= parts.size()) {
            made += parts[static_cast<std::size_t>(*number - 1)];
            at += digits.size();
        } else {
            made += name[at];
        }
    }
    return made;
}

/// The URL as a pattern of nothing but itself.
std::string escaped(const std::string& url) {
    std::string pattern;
    for (const char each : url) {
        if (is_one_of(each, "{}[]")) pattern += '\\';
        pattern += each;
    }
    return pattern;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string pattern(reinterpret_cast<const char*>(data), size);
    const auto made = matches_of(pattern);
    const auto expected = expected_of(pattern);
    require(made.has_value() == expected.has_value());
    const auto is_same = [](const program::matched_url& one, const program::matched_url& other) {
        return one.url == other.url && one.parts == other.parts;
    };
    const texts parts{"one", "", "#1", "4", "5", "6", "7", "8", "9", "10", "11"};
    require(program::name_with(pattern, parts) == naive_name(pattern, parts));
    linear::require_linear(pattern, [&parts](const std::string& all) {
        (void)matches_of(all);
        (void)program::name_with(all, parts);
    });
    if (!made) return 0;
    require(made->size() <= most && std::ranges::equal(*made, *expected, is_same));
    const auto again = matches_of(escaped(made->back().url));
    require(again && again->size() == 1);
    return 0;
}
