// SPDX-License-Identifier: MIT
// Selectors mean something to their server alone; but on nearly all of them they are paths, and so
// they are taken for some here. What is none has no name, and is left out.
#include <algorithm>
#include <stdexcept>

#include "fetch/mirror_names.hpp"
#include "fetch/mirror_scope.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/gopher/types.hpp"

namespace zocalo::program {

namespace {

using gopher::item_type;

/// The item's type, of `/Tselector`.
item_type type_of(const url::uri& where) {
    const std::string_view path = where.path();
    return path.size() > 1 ? static_cast<item_type>(path[1]) : item_type::menu;
}

/// The selector, with its escapes.
std::string_view selector_of(const url::uri& where) {
    return where.path().substr(std::min<std::size_t>(2, where.path().size()));
}

/// `/` and nothing are the same menu on all servers.
url::uri one_spelling(gopher::location where) {
    if (where.type == item_type::menu && where.request.selector == "/")
        where.request.selector.clear();
    return where.to_uri();
}

bool can_be_kept(item_type type) {
    return type != item_type::search && gopher::transfer_of(type) != gopher::transfer::nothing;
}

}  // namespace

gopher_scope::gopher_scope(const std::string& start) {
    const gopher::location where = gopher::location::parse(start);
    if (!can_be_kept(where.type) || where.request.search || where.request.plus)
        throw std::invalid_argument("--recursive begins with a menu or a file: " + quoted(start));
    start_ = one_spelling(where);
    folder_ = selector_of(start_);
    if (where.type != item_type::menu) {
        folder_.resize(folder_.rfind('/') == std::string::npos ? 0 : folder_.rfind('/') + 1);
    } else if (!folder_.empty() && !folder_.ends_with('/')) {
        folder_ += '/';
    }
}

belonging gopher_scope::look(std::string_view link, const std::string&, url::uri& into,
                             link_use) const {
    gopher::location where;
    try {
        where = gopher::location::parse(link);
        into = one_spelling(where);
    } catch (const std::invalid_argument&) {
        return belonging::elsewhere;
    }
    const bool is_menu = where.type == item_type::menu;
    const std::string folder = std::string(selector_of(into)) + '/';
    const bool is_below = folder.starts_with(folder_);
    if (!is_same_server(into) || !is_below || (folder == folder_ && !is_menu))
        return belonging::elsewhere;
    if (where.type == item_type::search || where.request.search) return belonging::question;
    if (!can_be_kept(where.type)) return belonging::elsewhere;
    return name_of(into) ? belonging::inside : belonging::no_name;
}

std::optional<std::string> gopher_scope::name_of(const url::uri& inside) const {
    const bool is_menu = type_of(inside) == item_type::menu;
    std::string path(selector_of(inside));
    path.erase(0, std::min(folder_.size(), path.size()));
    if (folder_.empty() && path.starts_with('/')) path.erase(0, 1);
    if (is_menu && !path.empty() && !path.ends_with('/')) path += '/';
    if (is_menu) path += "gophermap";
    return path.empty() ? std::nullopt : file_names_of(path);
}

bool gopher_scope::may_lead_on(const url::uri& where) const {
    return type_of(where) == item_type::menu;
}

url::uri gopher_scope::for_robots(const url::uri& where) const {
    url::uri_parts parts = where.parts();
    parts.path = selector_of(where);
    if (!parts.path.starts_with('/')) parts.path.insert(0, 1, '/');
    return url::uri::from(parts);
}

}  // namespace zocalo::program
