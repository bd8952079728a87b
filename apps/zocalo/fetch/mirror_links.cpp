// SPDX-License-Identifier: MIT
#include "fetch/mirror_links.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "zocalo/gopher/types.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/web_url.hpp"

namespace zocalo::program {

namespace {

constexpr int most_redirects = 20;

/// What links of a page are relative to.
std::string base_of(const page_links& found, const std::string& from) {
    const url::web_url of = url::web_url::parse(from);
    const auto read = url::web_url::try_parse(found.base, &of);
    return read ? read->to_string() : from;
}

page_links links_of_menu(std::string_view text, const url::uri& where) {
    const gopher::location from = gopher::location::from(where);
    page_links found{.base = where.to_string()};
    for (const gopher::item& each : gopher::parse_menu(text)) {
        if (each.type == gopher::item_type::info || each.external_url()) continue;
        try {
            found.links.push_back(from.of(each).to_uri().to_string());
        } catch (const std::invalid_argument&) {
            continue;  // its host is none
        }
    }
    return found;
}

/// The folder of a file, up to its slash; empty at the top.
std::string_view folder_of(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash + 1);
}

/// From one file to another, both below the same folder.
std::string way_between(std::string_view from, std::string_view to) {
    std::size_t common = 0;
    for (std::size_t i = 0; i < std::min(from.size(), to.size()) && from[i] == to[i]; ++i)
        if (from[i] == '/') common = i + 1;
    std::string way;
    for (auto up = std::ranges::count(from.substr(common), '/'); up > 0; --up)
        way += "../";
    const std::string rest = url::quote(to.substr(common), "/:=&+,;@!$");
    // `a:b` would be a URL with a scheme (RFC 3986 §4.2).
    const bool has_scheme = way.empty() && rest.find(':') < rest.find('/');
    return way + (has_scheme ? "./" : "") + rest;
}

}  // namespace

page_links links_of(page_kind kind, std::string_view text, const url::uri& where) {
    if (kind == page_kind::menu) return links_of_menu(text, where);
    page_links found;
    if (kind == page_kind::html) found = links_in(text);
    if (kind == page_kind::style) found = links_in_style(text);
    found.base = base_of(found, where.to_string());
    return found;
}

void mirror_links::add(page_kind kind, const std::string& name, const url::uri& where,
                       const std::string& meant) {
    files_.insert_or_assign(meant, name);
    if (kind != page_kind::none) pages_.push_back({kind, name, where});
}

void mirror_links::add_redirect(const url::uri& from, const url::uri& to) {
    redirects_.insert_or_assign(from.to_string(), to.to_string());
}

std::optional<std::string> mirror_links::file_of(std::string_view link,
                                                 const std::string& base) const {
    url::uri where;
    // Whatever a link is there for, the file may have been fetched for another one.
    if (scope_.look(link, base, where, link_use::needed) != belonging::inside) return std::nullopt;
    for (int i = 0; i < most_redirects; ++i) {
        const auto next = redirects_.find(where.to_string());
        if (next == redirects_.end()) break;
        where = url::uri::parse(next->second);
    }
    const auto name = scope_.name_of(where);
    const auto file = name ? files_.find(*name) : files_.end();
    return file == files_.end() ? std::nullopt : std::optional(file->second);
}

std::string mirror_links::converted(page_kind kind, std::string_view text, const std::string& name,
                                    const url::uri& where) const {
    if (kind == page_kind::menu) return menu_with_files(text, name, where);
    const std::string base = links_of(kind, text, where).base;
    const auto relative_to = url::web_url::try_parse(base);
    const bool has_base = base != where.to_string();
    const auto change = [&](link_use use, std::string_view link) -> std::optional<std::string> {
        if (use == link_use::base) return "";  // the file
        if (link.starts_with('#') && !has_base) return std::nullopt;
        const auto read = url::web_url::try_parse(link, relative_to ? &*relative_to : nullptr);
        if (!read || (read->scheme != "http" && read->scheme != "https")) return std::nullopt;
        const auto file = use != link_use::mentioned ? file_of(link, base) : std::nullopt;
        const std::string part = read->fragment ? '#' + *read->fragment : std::string();
        if (file) return way_between(name, *file) + part;
        const bool is_whole = url::web_url::try_parse(link).has_value();
        return is_whole ? std::nullopt : std::optional(read->to_string());
    };
    return kind == page_kind::html ? change_links(text, change) : change_style_links(text, change);
}

std::string mirror_links::menu_with_files(std::string_view text, const std::string& name,
                                          const url::uri& where) const {
    const gopher::location from = gopher::location::from(where);
    const std::string folder(folder_of(name));
    std::string made;
    for (const gopher::item& each : gopher::parse_menu(text)) {
        const page_links own = links_of_menu(gopher::to_line(each), where);
        const auto file = own.links.empty() ? std::nullopt : file_of(own.links.front(), own.base);
        if (file) {
            const bool is_menu = each.type == gopher::item_type::menu;
            std::string selector(is_menu ? folder_of(*file) : *file);
            if (selector.ends_with('/')) selector.pop_back();
            const bool is_below = selector.starts_with(folder) && selector.size() > folder.size();
            selector = is_below ? selector.substr(folder.size()) : '/' + selector;
            made += static_cast<char>(each.type) + each.name + '\t' + selector;
        } else {
            made += gopher::to_line(each);
        }
        made += '\n';
    }
    return made;
}

io::task<std::size_t> mirror_links::convert(const mirror_folder& in) const {
    std::size_t count = 0;
    for (const page& each : pages_) {
        std::optional<std::string> text;
        const auto read = [&in, &each, &text] { text = in.text(each.name, longest_page); };
        co_await io::spawn_blocking(read);
        if (!text) continue;
        const std::string made = converted(each.kind, *text, each.name, each.where);
        if (made == *text) continue;
        const auto modified = in.modified(each.name);
        io::task<mirrored_file> beginning = in.begin(each.name);
        mirrored_file file = co_await std::move(beginning);
        co_await file.file.write(made);
        io::task<> keeping = mirror_folder::keep(file, modified);
        co_await std::move(keeping);
        ++count;
    }
    co_return count;
}

}  // namespace zocalo::program
