// SPDX-License-Identifier: MIT
#include "http/listing.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/ascii.hpp"
#include "http/page.hpp"
#include "http/pages.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/url/query.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

constexpr std::array column_names{"name", "size", "modified"};

std::string padded(std::int64_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    return digits.insert(0, width - std::min(width, digits.size()), '0');
}

/// 2026-11-21 and 15:04, with what comes between and at the end.
std::string time_text(std::chrono::sys_seconds when, char between, bool with_seconds) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::string text = padded(int{date.year()}, 4) + '-' + padded(unsigned{date.month()}, 2);
    text += '-' + padded(unsigned{date.day()}, 2) + between;
    text += padded(time.hours().count(), 2) + ':' + padded(time.minutes().count(), 2);
    if (with_seconds) text += ':' + padded(time.seconds().count(), 2) + 'Z';
    return text;
}

/// `./` keeps a name with a colon from being a scheme.
std::string link_to(const serve::folder_entry& entry) {
    return "./" + url::quote(entry.name, "") + (entry.is_folder() ? "/" : "");
}

bool is_picture(std::string_view name) {
    constexpr std::array endings{".png",  ".jpg", ".jpeg", ".gif", ".webp",
                                 ".avif", ".svg", ".bmp",  ".ico"};
    const std::string small = lower(name);
    return std::ranges::any_of(endings, [&](auto end) { return small.ends_with(end); });
}

/// A name as people see it: with what would reorder or hide a part of it escaped.
std::string shown(std::string_view name) {
    constexpr std::string_view arabic_mark = "\xD8\x9C";  // U+061C, which escaped() lets stand
    std::string made;
    while (!name.empty()) {
        const bool is_mark = name.starts_with(arabic_mark);
        std::size_t size = is_mark ? arabic_mark.size() : 1;
        if (name[0] == '\xE2' || name[0] == '\xEF') size = 3;  // with these all others begin
        const std::string_view one = name.substr(0, size);
        made += is_mark ? "\\xd8\\x9c" : html(size == 3 ? escaped(one) : std::string(one));
        name.remove_prefix(one.size());
    }
    return made;
}

/// What stands before a name: a picture itself, while it is not too large to be sent for that.
std::string sign_of(const serve::folder_entry& entry) {
    constexpr std::uint64_t largest_preview = std::uint64_t{4} << 20;
    if (!entry.is_folder() && entry.size <= largest_preview && is_picture(entry.name))
        return R"(<img src=")" + html(link_to(entry)) + R"(" alt="" loading="lazy">)";
    const std::string_view kind = entry.is_folder() ? "sign folder" : "sign";
    std::string made = "<span class=\"";
    return made.append(kind).append(R"(" aria-hidden="true"></span>)");
}

std::string row(const serve::folder_entry& entry) {
    const std::string name = shown(entry.name) + (entry.is_folder() ? "/" : "");
    const std::string seconds = std::to_string(entry.modified.time_since_epoch().count());
    std::string made = "<tr data-name=\"" + html(entry.name) + "\" data-folder=\"";
    made += entry.is_folder() ? "1" : "0";
    made += "\" data-size=\"" + std::to_string(entry.size) + "\" data-modified=\"" + seconds;
    made += R"("><td class="name"><a href=")" + html(link_to(entry)) + R"(">)" + sign_of(entry);
    made += "<bdi>" + name + "</bdi></a></td><td class=\"number\">";
    made += entry.is_folder() ? std::string("&ndash;") : size_text(entry.size);
    made += R"(</td><td class="when"><time datetime=")" + time_text(entry.modified, 'T', true);
    made += "\">" + time_text(entry.modified, ' ', false) + "</time></td></tr>\n";
    return made;
}

/// A column's head is a link to the page that is sorted by it; once more, the other way round.
std::string head(view::column column, std::string_view title, const view& how) {
    const bool is_this = how.sort == column;
    const bool goes_down = is_this && !how.descending;
    const std::string_view name = column_names.at(static_cast<std::size_t>(column));
    url::fields query{{"sort", std::string(name)}, {"order", goes_down ? "desc" : "asc"}};
    if (!how.filter.empty()) query.emplace_back("filter", how.filter);
    std::string made = R"(<th scope="col" data-column=")";
    made.append(name).append("\" aria-sort=\"");
    const std::string_view order = how.descending ? "descending" : "ascending";
    made += is_this ? order : "none";
    if (column == view::column::size) made += "\" class=\"number";
    if (column == view::column::modified) made += "\" class=\"when";
    made += "\"><a href=\"?" + html(url::urlencode(query)) + "\">";
    return made.append(title).append("</a></th>\n");
}

/// Links to all folders from the first one to this.
std::string way(const listing& what) {
    const std::string start = what.root + '/';
    std::string made = "<a href=\"" + html(start) + "\">" + "Home</a>";
    for (std::size_t at = 1; at < what.path.size();) {
        const std::size_t end = what.path.find('/', at);
        const std::string name = what.path.substr(at, end - at);
        const std::string link = what.root + url::quote(what.path.substr(0, end + 1));
        made += "<a href=\"" + html(link) + "\"";
        at = end + 1;
        if (at >= what.path.size()) made += " aria-current=\"page\"";
        made += "><bdi>" + shown(name) + "</bdi></a>";
    }
    return made;
}

std::string caption(const listing& what) {
    const auto folders =
        std::ranges::count_if(what.entries, [](const auto& each) { return each.is_folder(); });
    const auto files = static_cast<std::ptrdiff_t>(what.entries.size()) - folders;
    const auto counted = [](std::ptrdiff_t number, std::string_view name) {
        std::string made = std::to_string(number) + ' ';
        return made.append(name).append(number == 1 ? "" : "s");
    };
    std::string text = counted(folders, "folder") + " and " + counted(files, "file");
    if (what.is_cut_off) text += "; there are more, which are not shown";
    return text + ". Times are UTC.";
}

}  // namespace

view view::parse(std::string_view query) {
    view how;
    try {
        for (const auto& [name, value] : url::parse_qsl(query, {.max_fields = 16})) {
            if (name == "sort") {
                const auto* const found = std::ranges::find(column_names, value);
                if (found != column_names.end())
                    how.sort = static_cast<column>(found - column_names.begin());
            } else if (name == "order") {
                how.descending = value == "desc";
            } else if (name == "filter") {
                how.filter = value;
            }
        }
    } catch (const std::exception&) {
        return {};
    }
    return how;
}

bool view::shows(std::string_view name) const {
    return filter.empty() || lower(name).find(lower(filter)) != std::string::npos;
}

std::vector<serve::folder_entry> seen_through(const view& how,
                                              std::vector<serve::folder_entry> entries) {
    std::erase_if(entries, [&](const serve::folder_entry& each) { return !how.shows(each.name); });
    std::ranges::sort(entries, [&](const auto& one, const auto& other) {
        if (one.is_folder() != other.is_folder()) return one.is_folder();
        const auto& first = how.descending ? other : one;
        const auto& second = how.descending ? one : other;
        if (how.sort == view::column::size && first.size != second.size)
            return first.size < second.size;
        if (how.sort == view::column::modified && first.modified != second.modified)
            return first.modified < second.modified;
        return first.name < second.name;
    });
    return entries;
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return std::to_string(bytes) + " B";
    std::size_t unit = 0;
    for (; bytes >= std::uint64_t{1024} * 1024 && unit + 1 < units.size(); ++unit)
        bytes /= 1024;
    const std::uint64_t tenths = bytes * 10 / 1024;
    std::string text = std::to_string(tenths / 10);
    if (tenths < 100) text += '.' + std::to_string(tenths % 10);
    return text.append(" ").append(units.at(unit));
}

std::string to_page(const listing& what, const view& how, std::string_view nonce) {
    std::string rows;
    for (const serve::folder_entry& each : what.entries)
        rows += row(each);
    std::string heads = head(view::column::name, "Name", how);
    heads += head(view::column::size, "Size", how);
    heads += head(view::column::modified, "Modified", how);
    const std::string title = html(what.path);
    const std::string body = fill(
        pages::listing_html, {{"way", way(what)},
                              {"filter", html(how.filter)},
                              {"sort", column_names.at(static_cast<std::size_t>(how.sort))},
                              {"order", how.descending ? "desc" : "asc"},
                              {"upload", what.may_upload ? pages::upload_html : std::string_view()},
                              {"caption", caption(what)},
                              {"heads", heads},
                              {"rows", rows},
                              {"none", what.entries.empty() ? "" : "hidden"}});
    return whole_page({.title = title,
                       .nonce = nonce,
                       .style = pages::listing_css,
                       .body = body,
                       .script = pages::listing_js});
}

std::string to_json(const listing& what) {
    std::string text = "{\"path\":" + json(what.path) + ",\"complete\":";
    text += what.is_cut_off ? "false" : "true";
    text += ",\"entries\":[";
    for (const serve::folder_entry& each : what.entries) {
        if (text.back() != '[') text += ',';
        text += "\n{\"name\":" + json(each.name) + ",\"href\":" + json(link_to(each));
        text += each.is_folder() ? R"(,"type":"folder")"
                                 : R"(,"type":"file","size":)" + std::to_string(each.size);
        text += R"(,"modified":")" + time_text(each.modified, 'T', true) + R"("})";
    }
    return text += "\n]}\n";
}

}  // namespace zocalo::http
