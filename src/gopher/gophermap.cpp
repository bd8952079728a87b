// SPDX-License-Identifier: MIT
#include "zocalo/gopher/gophermap.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "core/ascii.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::gopher {

namespace {

std::string_view take_until(std::string_view& text, char end) noexcept {
    const auto piece = text.substr(0, text.find(end));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    return piece;
}

bool is_relative(std::string_view selector) noexcept {
    return !selector.starts_with('/') && !selector.starts_with("URL:") &&
           !selector.starts_with("GET ");
}

item item_from(std::string_view line, const gophermap_place& place) {
    item made;
    made.type = static_cast<item_type>(line[0]);
    line.remove_prefix(1);
    made.name = take_until(line, '\t');
    made.selector = take_until(line, '\t');
    made.host = take_until(line, '\t');
    made.port = from_digits<std::uint16_t>(take_until(line, '\t'))
                    .value_or(made.host.empty() ? place.port : 70);
    if (made.selector.empty()) made.selector = made.name;
    if (!made.host.empty()) return made;
    made.host = place.host;
    if (is_relative(made.selector)) made.selector = place.folder + '/' + made.selector;
    return made;
}

constexpr std::array<std::pair<std::string_view, item_type>, 40> by_ending{{
    {"txt", item_type::text},     {"md", item_type::text},       {"csv", item_type::text},
    {"c", item_type::text},       {"cpp", item_type::text},      {"hpp", item_type::text},
    {"h", item_type::text},       {"py", item_type::text},       {"log", item_type::text},
    {"json", item_type::text},    {"xml", item_type::text},      {"html", item_type::html},
    {"htm", item_type::html},     {"gif", item_type::gif},       {"png", item_type::image},
    {"jpg", item_type::image},    {"jpeg", item_type::image},    {"webp", item_type::image},
    {"bmp", item_type::image},    {"svg", item_type::image},     {"wav", item_type::sound},
    {"mp3", item_type::sound},    {"ogg", item_type::sound},     {"flac", item_type::sound},
    {"pdf", item_type::document}, {"doc", item_type::document},  {"odt", item_type::document},
    {"hqx", item_type::binhex},   {"uue", item_type::uuencoded}, {"mp4", item_type::video},
    {"webm", item_type::video},   {"zip", item_type::binary},    {"gz", item_type::binary},
    {"ics", item_type::calendar}, {"bin", item_type::binary},    {"exe", item_type::binary},
    {"iso", item_type::binary},   {"tar", item_type::binary},    {"xz", item_type::binary},
    {"zst", item_type::binary},
}};

/// Shown by clients that know it, and a line of information to the others.
item title(std::string_view text) {
    item made = info(text);
    made.selector = "TITLE";
    return made;
}

void add_rest(const gophermap_place& place, menu& items) {
    std::set<std::string, std::less<>> named;
    for (const item& each : items) {
        if (each.host == place.host && each.port == place.port) named.insert(each.selector);
    }
    for (item& each : place.entries()) {
        if (!named.contains(each.selector)) items.push_back(std::move(each));
    }
}

/// False when a line has ended the menu.
bool add_lines(std::string_view text, const gophermap_place& place, menu& items) {
    while (!text.empty()) {
        auto line = take_until(text, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line == ".") return false;
        if (line.starts_with('#')) continue;
        if (line == "*" && place.entries) {
            add_rest(place, items);
            return false;
        }
        const bool is_item = line.find('\t') != std::string_view::npos && line[0] != '\t';
        std::optional<std::string> included;
        if (line.starts_with('=') && !is_item && place.include)
            included = place.include(line.substr(1));
        if (included) {
            if (!add_lines(*included, place, items)) return false;
        } else if (is_item) {
            items.push_back(item_from(line, place));
        } else if (line.starts_with('!')) {
            items.push_back(title(line.substr(1)));
        } else {
            items.push_back(info(line.substr(0, line.find('\t'))));
        }
    }
    return true;
}

}  // namespace

std::optional<item_type> type_of_name(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string ending = lower(name.substr(dot + 1));
    for (const auto& [known, type] : by_ending) {
        if (known == ending) return type;
    }
    return std::nullopt;
}

menu parse_gophermap(std::string_view text, const gophermap_place& place) {
    menu items;
    (void)add_lines(text, place, items);
    return items;
}

item_type type_of_file(std::string_view name, std::string_view first_bytes) {
    if (const auto type = type_of_name(name)) return *type;
    const bool is_text = first_bytes.find('\0') == std::string_view::npos;
    return is_text ? item_type::text : item_type::binary;
}

}  // namespace zocalo::gopher
