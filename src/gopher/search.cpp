// SPDX-License-Identifier: MIT
// Folder by folder, those above before those below, until enough was found or looked at.
#include <algorithm>
#include <deque>
#include <system_error>
#include <utility>

#include "core/ascii.hpp"
#include "gopher/folder.hpp"
#include "gopher/menu_name.hpp"

namespace zocalo::gopher {

namespace {

/// Links may lead round in circles.
constexpr std::size_t deepest = 16;

std::vector<std::string> split(std::string_view words) {
    std::vector<std::string> all;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        if (!word.empty()) all.push_back(lower(word));
    }
    return all;
}

bool has_all(std::string_view name, const std::vector<std::string>& words) {
    const std::string small = lower(name);
    return std::ranges::all_of(
        words, [&small](const std::string& each) { return small.find(each) != std::string::npos; });
}

item item_of(item_type type, const std::string& path, const folder_view::place& where) {
    item made{.type = type, .name = shown(path.substr(1)), .selector = selector_of(path)};
    made.host = where.host;
    made.port = where.port;
    return made;
}

}  // namespace

/// The selector of a search names nothing that is there, as a rule: `/docs/find`.
std::string folder_view::folder_to_search(std::string_view selector) const {
    const auto found = find(selector);
    if (found && found->opened.about().is_folder()) return canonical(found->path);
    const std::string path = canonical(selector);
    const std::string above = path.substr(0, std::min(path.rfind('/'), path.size()));
    const auto parent = find(above);
    return parent && parent->opened.about().is_folder() ? canonical(parent->path) : std::string();
}

menu folder_view::search(std::string_view selector, std::string_view words,
                         const place& where) const {
    const std::vector<std::string> wanted = split(words);
    if (wanted.empty()) return {info("Words of a name are missing")};
    menu items;
    std::size_t left = options_.searched;
    std::size_t looks = options_.looked_into;
    const auto end = [&items](std::string_view why) {
        items.push_back(info(why));
        return std::move(items);
    };
    std::deque<std::pair<std::string, std::size_t>> folders{{folder_to_search(selector), 0}};
    for (; !folders.empty(); folders.pop_front()) {
        const auto& [folder, depth] = folders.front();
        std::vector<serve::folder_entry> all;
        try {
            all = folder_.list(folder);
        } catch (const std::system_error&) {
            continue;  // it has gone, or is not for us
        }
        for (const serve::folder_entry& each : all) {
            if (left == 0) return end("There is more than can be searched");
            --left;
            if (!can_be_named(each.name)) continue;
            const std::string path = folder + '/' + each.name;
            if (each.is_folder() && depth + 1 < deepest) folders.emplace_back(path, depth + 1);
            if (!has_all(each.name, wanted)) continue;
            if (items.size() == options_.found) return end("There is more: give more words");
            const auto type = type_of_listed(each, folder, looks);
            if (type) items.push_back(item_of(*type, path, where));
        }
    }
    return items.empty() ? end("Nothing has such a name") : std::move(items);
}

}  // namespace zocalo::gopher
