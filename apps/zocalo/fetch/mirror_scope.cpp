// SPDX-License-Identifier: MIT
#include "fetch/mirror_scope.hpp"

#include <algorithm>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/web_url.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t longest_part = 255;   // of most file systems
constexpr std::size_t longest_name = 3000;  // the system takes 4095 with the folder before it

/// As they are compared; what is no host stays as it is.
url::uri one_spelling(const url::web_url& from) {
    const url::uri plain = from.to_uri().without_fragment().without_user_info();
    return plain.normalised();
}

bool is_same_server(const url::uri& one, const url::uri& other) {
    return one.scheme() == other.scheme() && one.host() == other.host() &&
           one.port() == other.port();
}

/// The names of all parts, with slashes; nothing when one of them is none.
std::optional<std::string> names_of(std::string_view path) {
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

}  // namespace

std::optional<std::string> file_name_of(std::string_view segment) {
    const std::string name = url::unquote(segment);
    if (name.empty() || name == "." || name == "..") return std::nullopt;
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
        return std::nullopt;
    std::string safe;
    for (const char each : name) {
        const bool is_control = (each >= 0 && each < ' ') || each == '\x7f';
        safe += is_control ? url::quote(std::string_view(&each, 1)) : std::string(1, each);
    }
    return safe.size() > longest_part ? std::nullopt : std::optional(std::move(safe));
}

mirror_scope::mirror_scope(const std::string& start)
    : start_(one_spelling(url::web_url::parse(start))) {
    if (!start_.has_scheme("http") && !start_.has_scheme("https"))
        throw std::invalid_argument("--recursive is for http and https: " + quoted(start));
    const std::string_view path = start_.path();
    folder_ = path.substr(0, path.rfind('/') + 1);
}

std::optional<std::string> mirror_scope::default_folder() const {
    std::string server(start_.host());
    if (start_.port()) server += ':' + std::to_string(*start_.port());
    const auto inner = names_of(std::string_view(folder_).substr(1));
    if (!inner || !file_name_of(server)) return std::nullopt;
    return inner->empty() ? server : server + '/' + *inner;
}

belonging mirror_scope::look(std::string_view link, const std::string& base, url::uri& into) const {
    const auto relative_to = url::web_url::try_parse(base);
    const auto read = url::web_url::try_parse(link, relative_to ? &*relative_to : nullptr);
    if (!read || !read->host || (read->scheme != "http" && read->scheme != "https"))
        return belonging::elsewhere;
    try {
        into = one_spelling(*read);
    } catch (const std::invalid_argument&) {
        return belonging::elsewhere;
    }
    if (!is_same_server(into, start_) || !into.path().starts_with(folder_))
        return belonging::elsewhere;
    if (into.query() && into != start_) return belonging::question;
    return name_of(into) ? belonging::inside : belonging::no_name;
}

std::optional<std::string> mirror_scope::name_of(const url::uri& inside) const {
    std::string path(inside.path().substr(std::min(folder_.size(), inside.path().size())));
    if (path.empty() || path.ends_with('/')) path += page_of_folder;
    return names_of(path);
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
