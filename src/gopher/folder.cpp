// SPDX-License-Identifier: MIT
#include "gopher/folder.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gopher/menu_name.hpp"
#include "zocalo/gopher/gophermap.hpp"

namespace zocalo::gopher {

namespace {

std::string mime_type(item_type type) {
    switch (transfer_of(type)) {
        case transfer::menu:
            return "application/gopher+-menu";
        case transfer::text:
            return "text/plain";
        default:
            return type == item_type::html ? "text/html" : "application/octet-stream";
    }
}

/// `<20261121120000>`, as Gopher+ has it.
std::string date_text(std::chrono::sys_seconds when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    const auto padded = [](auto number, std::size_t width) {
        std::string digits = std::to_string(number);
        return digits.insert(0, width - std::min(width, digits.size()), '0');
    };
    std::string text = "<";
    text += padded(int{date.year()}, 4) + padded(unsigned{date.month()}, 2);
    text += padded(unsigned{date.day()}, 2) + padded(time.hours().count(), 2);
    text += padded(time.minutes().count(), 2) + padded(time.seconds().count(), 2);
    return text += '>';
}

item item_for(const std::string& name, const std::string& path, item_type type,
              const folder_view::place& where) {
    item made{.type = type, .name = shown(name), .selector = selector_of(path)};
    made.host = where.host;
    made.port = where.port;
    made.is_plus = true;
    return made;
}

item search_item(const folder_view::place& where) {
    item made{.type = item_type::search, .name = "Search by name", .selector = "/"};
    made.host = where.host;
    made.port = where.port;
    return made;
}

/// What Gopher+ says of it.
std::string block_of(const serve::folder_entry& about, const item& as) {
    std::string text = "+INFO: " + to_line(as);
    text += "\n+ADMIN:\n Admin: unknown <unknown>\n Mod-Date: ";
    text += date_text(about.modified) + "\n+VIEWS:\n " + mime_type(as.type);
    text += ": <" + std::to_string((about.size + 1023) / 1024) + "k>\n";
    return text;
}

}  // namespace

std::string canonical(std::string_view selector) {
    while (selector.starts_with('/'))
        selector.remove_prefix(1);
    while (selector.ends_with('/'))
        selector.remove_suffix(1);
    return selector.empty() ? std::string() : '/' + std::string(selector);
}

bool can_be_named(std::string_view name) noexcept {
    return std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

folder_view::folder_view(const folder_options& options)
    : options_(options), folder_(options.path, {.hidden = false, .longest_list = options.items}) {}

item_type folder_view::type_of(const serve::opened_entry& file) const {
    if (file.about().is_folder()) return item_type::menu;
    std::string first(1024, '\0');
    first.resize(file.read_at(0, first));
    return type_of_file(file.about().name, first);
}

std::optional<found_entry> folder_view::find(std::string_view selector) const {
    auto found = find_path(selector);
    if (found) return found;
    const auto path = path_in(selector);
    return path ? find_path(*path) : std::nullopt;
}

std::optional<found_entry> folder_view::find_path(std::string_view path) const {
    std::error_code why;
    auto opened = folder_.try_open(path, why);
    if (!opened) return std::nullopt;
    if (path.ends_with('/') && !opened->about().is_folder()) return std::nullopt;
    const item_type type = type_of(*opened);
    return found_entry{*std::move(opened), type, std::string(path)};
}

menu folder_view::menu_of(std::string_view folder, const place& where) const {
    const std::string path = canonical(folder);
    const auto map = find_path(path + "/gophermap");
    if (!map || map->opened.about().is_folder()) {
        menu items = entries_of(folder, where);
        if (path.empty() && options_.search_names) items.insert(items.begin(), search_item(where));
        return items;
    }
    constexpr std::size_t most_included = 32;
    gophermap_place here{selector_of(path), where.host, where.port};
    here.entries = [&] {
        menu items = entries_of(folder, where);
        std::erase_if(items,
                      [](const item& each) { return each.selector.ends_with("/gophermap"); });
        return items;
    };
    here.include = [this, &path, files = most_included,
                    left = options_.menu_file](std::string_view name) mutable {
        const auto found = find_path(path + '/' + std::string(name));
        const bool fits = found && !found->opened.about().is_folder() && files > 0 &&
                          found->opened.about().size <= left;
        if (!fits) return std::optional<std::string>();
        --files;
        std::string text = found->opened.read_all(left);
        left -= text.size();
        return std::optional(std::move(text));
    };
    menu items = parse_gophermap(map->opened.read_all(options_.menu_file), here);
    if (items.size() > options_.items) items.resize(options_.items);
    return items;
}

std::optional<item_type> folder_view::type_of_listed(const serve::folder_entry& about,
                                                     std::string_view folder,
                                                     std::size_t& looks) const {
    if (about.is_folder()) return item_type::menu;
    if (const auto type = type_of_name(about.name)) return type;
    if (looks == 0) return item_type::binary;
    --looks;
    const auto found = find_path(std::string(folder) + '/' + about.name);
    if (!found) return std::nullopt;
    return found->type;
}

std::vector<folder_view::listed> folder_view::list(std::string_view folder) const {
    const std::string path = canonical(folder);
    std::vector<listed> all;
    std::size_t looks = options_.looked_into;
    for (serve::folder_entry& each : folder_.list(folder)) {
        if (!can_be_named(each.name)) continue;
        const auto type = type_of_listed(each, path, looks);
        if (type) all.push_back({std::move(each), *type});
    }
    std::ranges::sort(all, {}, [](const listed& each) {
        return std::pair<bool, std::string_view>(!each.about.is_folder(), each.about.name);
    });
    return all;
}

menu folder_view::entries_of(std::string_view folder, const place& where) const {
    const std::string path = canonical(folder);
    menu items;
    for (const listed& each : list(folder))
        items.push_back(item_for(each.about.name, path + '/' + each.about.name, each.type, where));
    return items;
}

std::string folder_view::attributes_of(std::string_view selector, const place& where) const {
    const auto found = find(selector);
    if (!found) return {};
    const std::string path = canonical(found->path);
    const std::size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (path.empty()) name = "/";
    return block_of(found->opened.about(), item_for(name, path, found->type, where));
}

std::string folder_view::attributes_of_entries(std::string_view selector,
                                               const place& where) const {
    const auto found = find(selector);
    if (!found || !found->opened.about().is_folder()) return {};
    const std::string path = canonical(found->path);
    std::string text;
    for (const listed& each : list(found->path)) {
        const std::string& name = each.about.name;
        std::string whole = path;
        whole.append("/").append(name);
        text += block_of(each.about, item_for(name, whole, each.type, where));
    }
    return text;
}

}  // namespace zocalo::gopher
