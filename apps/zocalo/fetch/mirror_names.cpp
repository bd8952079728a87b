// SPDX-License-Identifier: MIT
#include "fetch/mirror_names.hpp"

#include <algorithm>

#include "fetch/letters.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t longest_part = 255;   // of most file systems
constexpr std::size_t longest_name = 3000;  // the system takes 4095 with the folder before it

bool is_wild(std::string_view pattern) {
    return pattern.find_first_of("*?") != std::string_view::npos;
}

/// Goes back to the last `*` only, so that the time is at most that of both lengths multiplied.
bool match_wild(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;
    std::size_t star = std::string_view::npos;  // the last one
    std::size_t resume = 0;                     // in the name, when that one takes more
    for (std::size_t i = 0; i < name.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resume = i;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[i])) {
            ++at;
            ++i;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

/// With those that mean something to terminals, and with slashes, as `%XX`.
std::string without_controls(std::string_view name) {
    std::string safe;
    for (const char each : name) {
        const bool is_control = (each >= 0 && each < ' ') || each == '\x7f' || each == '/';
        safe += is_control ? url::quote(std::string_view(&each, 1), "") : std::string(1, each);
    }
    return safe;
}

/// How long the ending is if it is that one, or `.htm` for `.html`.
std::size_t ending_size(const std::string& name, std::string_view ending) {
    const std::string end = lower(name.substr(name.size() - std::min<std::size_t>(5, name.size())));
    if (end.ends_with(ending)) return ending.size();
    return ending == ".html" && end.ends_with(".htm") ? 4 : 0;
}

}  // namespace

std::optional<std::string> file_name_of(std::string_view segment) {
    const std::string name = url::unquote(segment);
    if (name.empty() || name == "." || name == "..") return std::nullopt;
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
        return std::nullopt;
    std::string safe = without_controls(name);
    return safe.size() > longest_part ? std::nullopt : std::optional(std::move(safe));
}

std::optional<std::string> file_names_of(std::string_view path) {
    std::string made;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const auto name = file_name_of(path.substr(0, slash));
        if (!name || made.size() + name->size() >= longest_name) return std::nullopt;
        if (!made.empty()) made += '/';
        made += *name;
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return made;
}

std::string query_name(std::string_view query) {
    return without_controls(url::unquote(query));
}

bool can_be_name(std::string_view names) {
    if (names.size() >= longest_name) return false;
    for (;;) {
        const std::size_t slash = std::min(names.find('/'), names.size());
        if (slash > longest_part) return false;
        if (slash == names.size()) return true;
        names.remove_prefix(slash + 1);
    }
}

std::string with_ending(const std::string& name, std::string_view ending, std::size_t number) {
    const std::string_view whole = name;
    const std::string_view stem = whole.substr(0, whole.size() - ending_size(name, ending));
    std::string made(stem);
    if (number != 1) (made += '.') += std::to_string(number);
    made += stem.size() < whole.size() ? whole.substr(stem.size()) : ending;
    return can_be_name(made) ? made : name;
}

void name_patterns::add(std::string_view list) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma != 0) all_.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

bool name_patterns::match(std::string_view name) const {
    return std::ranges::any_of(all_, [name](const std::string& each) {
        return is_wild(each) ? match_wild(each, name) : name.ends_with(each);
    });
}

}  // namespace zocalo::program
