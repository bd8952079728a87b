// SPDX-License-Identifier: MIT
// Patterns are few and short: each is compared, segment by segment, in the order in which the first
// one that matches is the best.
#include "zocalo/http/routes.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "zocalo/core/escape.hpp"

namespace zocalo::http {

namespace {

enum class kind { word, name, rest };

struct segment {
    kind what = kind::word;
    std::string_view text;
};

segment read_segment(std::string_view text) noexcept {
    if (!text.starts_with('{') || !text.ends_with('}')) return {kind::word, text};
    const std::string_view name = text.substr(1, text.size() - 2);
    if (!name.ends_with("...")) return {kind::name, name};
    return {kind::rest, name.substr(0, name.size() - 3)};
}

/// Takes "/segment" off the front; nothing when there is none.
std::optional<std::string_view> take(std::string_view& path) noexcept {
    if (!path.starts_with('/')) return std::nullopt;
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view text = path.substr(1, end - 1);
    path.remove_prefix(end);
    return text;
}

bool matches(const routes::route& one, std::string_view path, routes::parameters& found) {
    found.clear();
    if (one.is_plain) return one.pattern == path;
    for (std::string_view pattern = one.pattern;;) {
        const auto wanted = take(pattern);
        if (!wanted) return pattern == path;  // both are through, or both are "*"
        const segment part = read_segment(*wanted);
        if (part.what == kind::rest) {
            if (!path.starts_with('/')) return false;
            found.emplace_back(part.text, path.substr(1));
            return true;
        }
        const auto text = take(path);
        if (!text) return false;
        if (part.what == kind::word && *text != part.text) return false;
        if (part.what == kind::name && text->empty()) return false;
        if (part.what == kind::name) found.emplace_back(part.text, *text);
    }
}

/// Where two patterns could match the same path, the one that says more goes first.
bool goes_before(std::string_view one, std::string_view other) noexcept {
    for (;;) {
        const auto a = take(one);
        const auto b = take(other);
        if (!a || !b) return a.has_value();
        const segment left = read_segment(*a);
        const segment right = read_segment(*b);
        if (left.what != right.what) return left.what < right.what;
        if (left.what == kind::word && left.text != right.text) return left.text < right.text;
    }
}

void check(std::string_view pattern) {
    const auto refuse = [&](const char* why) {
        throw std::invalid_argument("route " + quoted(pattern) + ": " + why);
    };
    if (pattern == "*") return;
    if (!pattern.starts_with('/')) refuse("it does not begin with /");
    std::vector<std::string_view> names;
    for (std::string_view rest = pattern; !rest.empty();) {
        const segment part = read_segment(*take(rest));
        if (part.what == kind::rest && !rest.empty()) refuse("something follows the rest");
        if (part.what == kind::word && part.text.find_first_of("{}") != std::string_view::npos)
            refuse("a brace in a word");
        if (part.what == kind::word) continue;
        if (part.text.empty()) refuse("a name that is empty");
        if (std::ranges::find(names, part.text) != names.end()) refuse("a name twice");
        names.push_back(part.text);
    }
}

}  // namespace

void routes::insert(route made) {
    check(made.pattern);
    made.is_plain = made.pattern.find('{') == std::string::npos;
    const auto same = [&](const route& each) {
        return each.method == made.method && !goes_before(each.pattern, made.pattern) &&
               !goes_before(made.pattern, each.pattern);
    };
    if (std::ranges::any_of(all_, same)) {
        throw std::invalid_argument("route " + quoted(made.pattern) + " is there already for " +
                                    std::string(made.method.text()));
    }
    const auto place = std::ranges::find_if(
        all_, [&](const route& each) { return goes_before(made.pattern, each.pattern); });
    all_.insert(place, std::move(made));
}

const routes::route* routes::find(const http::method& what, std::string_view path,
                                  parameters& found) const {
    const auto find_exactly = [&](const http::method& wanted) -> const route* {
        for (const route& each : all_) {
            if (each.method == wanted && matches(each, path, found)) return &each;
        }
        return nullptr;
    };
    const route* const exactly = find_exactly(what);
    return exactly == nullptr && what == method::head ? find_exactly(method::get) : exactly;
}

bool routes::know(const http::method& what) const noexcept {
    return std::ranges::any_of(all_, [&](const route& each) { return each.method == what; });
}

std::string routes::allowed(std::string_view path) const {
    std::vector<std::string_view> methods;
    parameters ignored;
    const bool is_everything = path == "*";
    for (const route& each : all_) {
        if (!is_everything && !matches(each, path, ignored)) continue;
        methods.push_back(each.method.text());
        if (each.method == method::get) methods.push_back(method::head.text());
    }
    if (methods.empty()) return {};
    methods.push_back(method::options.text());
    std::ranges::sort(methods);
    const auto rest = std::ranges::unique(methods);
    methods.erase(rest.begin(), rest.end());
    std::string text;
    for (const std::string_view each : methods) {
        if (!text.empty()) text += ", ";
        text += each;
    }
    return text;
}

}  // namespace zocalo::http
