// SPDX-License-Identifier: MIT
#include "zocalo/gopher/types.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "zocalo/core/error.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/text/command.hpp"

namespace zocalo::gopher {

namespace {

struct type_entry {
    item_type type;
    std::string_view name;
    transfer how;
};

const type_entry* entry_of(item_type type) noexcept {
    using enum item_type;
    static constexpr std::array types{
        type_entry{text, "text", transfer::text},
        type_entry{menu, "menu", transfer::menu},
        type_entry{phone_book, "phone book", transfer::nothing},
        type_entry{error, "error", transfer::nothing},
        type_entry{binhex, "BinHex file", transfer::text},
        type_entry{dos_archive, "DOS archive", transfer::bytes},
        type_entry{uuencoded, "uuencoded file", transfer::text},
        type_entry{search, "search", transfer::menu},
        type_entry{telnet, "telnet session", transfer::nothing},
        type_entry{binary, "binary file", transfer::bytes},
        type_entry{duplicate, "another server", transfer::nothing},
        type_entry{gif, "GIF", transfer::bytes},
        type_entry{image, "image", transfer::bytes},
        type_entry{tn3270, "tn3270 session", transfer::nothing},
        type_entry{info, "information", transfer::nothing},
        type_entry{html, "HTML page", transfer::bytes},
        type_entry{sound, "sound", transfer::bytes},
        type_entry{document, "document", transfer::bytes},
        type_entry{calendar, "calendar", transfer::bytes},
        type_entry{mime, "MIME message", transfer::bytes},
        type_entry{video, "video", transfer::bytes},
        type_entry{bitmap, "image", transfer::bytes},
        type_entry{sound_plus, "sound", transfer::bytes},
        type_entry{person, "whois", transfer::nothing},
        type_entry{event, "event", transfer::bytes},
    };
    for (const type_entry& each : types) {
        if (each.type == type) return &each;
    }
    return nullptr;
}

/// What comes before the next TAB, and takes both away.
std::string_view take_field(std::string_view& line) noexcept {
    const auto field = line.substr(0, line.find('\t'));
    line.remove_prefix(std::min(field.size() + 1, line.size()));
    return field;
}

}  // namespace

std::string to_text(item_type type) {
    const auto* entry = entry_of(type);
    if (entry != nullptr) return std::string(entry->name);
    return std::string("type ") + static_cast<char>(type);
}

/// What nobody knows is taken as it comes.
transfer transfer_of(item_type type) noexcept {
    const auto* entry = entry_of(type);
    return entry == nullptr ? transfer::bytes : entry->how;
}

std::optional<std::string_view> item::external_url() const noexcept {
    const std::string_view all = selector;
    if (type != item_type::html || !(all.starts_with("URL:") || all.starts_with("/URL:")))
        return std::nullopt;
    return all.substr(all.find(':') + 1);
}

item info(std::string_view text) {
    item line;
    line.name = text;
    line.host = "invalid";
    line.port = 0;
    return line;
}

std::string to_line(const item& from) {
    text::require_one_line("item type",
                           std::string_view(reinterpret_cast<const char*>(&from.type), 1), "\t");
    text::require_one_line("item name", from.name, "\t");
    text::require_one_line("selector", from.selector, "\t");
    text::require_one_line("host", from.host, "\t");
    std::string line;
    line += static_cast<char>(from.type);
    line += from.name;
    line += '\t';
    line += from.selector;
    line += '\t';
    line += from.host;
    line += '\t';
    line += std::to_string(from.port);
    if (from.is_plus) line += "\t+";
    return line;
}

std::optional<item> parse_item(std::string_view line) {
    if (line.empty()) return std::nullopt;
    if (line.find('\t') == std::string_view::npos) {
        return info(line.starts_with('i') ? line.substr(1) : line);
    }
    item parsed;
    parsed.type = static_cast<item_type>(line[0]);
    line.remove_prefix(1);
    parsed.name = take_field(line);
    parsed.selector = take_field(line);
    parsed.host = take_field(line);
    parsed.port = from_digits<std::uint16_t>(take_field(line)).value_or(70);
    const auto mark = take_field(line);
    parsed.is_plus = mark == "+" || mark == "?";
    return parsed;
}

menu parse_menu(std::string_view text, std::size_t most) {
    menu items;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto parsed = parse_item(line);
        if (!parsed) continue;
        if (items.size() == most) {
            throw protocol_error("a menu of more than " + std::to_string(most) + " items");
        }
        items.push_back(*std::move(parsed));
    }
    return items;
}

bool is_error_answer(std::string_view begin) {
    const std::string_view line = begin.substr(0, begin.find('\n'));
    return line.starts_with('3') && std::ranges::count(line, '\t') >= 3;
}

}  // namespace zocalo::gopher
