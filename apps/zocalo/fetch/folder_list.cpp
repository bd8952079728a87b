// SPDX-License-Identifier: MIT
#include "fetch/folder_list.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "fetch/links.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/web_url.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The last segment of a path, with its slash when it is a folder's.
std::string_view last_segment(std::string_view path) {
    const std::size_t slash = path.substr(0, path.size() - 1).rfind('/');
    return path.substr(slash + 1);
}

/// The URL of a folder that a link leads to, if it is one of this folder.
std::optional<listed_entry> entry_of(const std::string& link, const url::web_url& base,
                                     const url::web_url& page) {
    const auto where = url::web_url::try_parse(link, &base);
    if (!where || where->query || where->scheme != page.scheme || where->host != page.host ||
        where->port != page.port)
        return std::nullopt;
    const std::string folder = page.path.substr(0, page.path.rfind('/') + 1);
    if (!where->path.starts_with(folder) || where->path.size() == folder.size())
        return std::nullopt;
    const std::string_view name = last_segment(where->path);
    if (folder.size() + name.size() != where->path.size()) return std::nullopt;  // deeper
    const bool is_folder = name.ends_with('/');
    url::web_url plain = *where;
    plain.fragment.reset();
    return listed_entry{.name = url::unquote(is_folder ? name.substr(0, name.size() - 1) : name),
                        .kind = is_folder ? "folder" : "file",
                        .url = plain.to_string()};
}

}  // namespace

folder_list list_in_json(std::string_view text, const std::string& url) {
    const json all = json::parse(text, nullptr, false);
    const auto entries = all.is_object() ? all.find("entries") : all.end();
    if (!all.is_object() || entries == all.end() || !entries->is_array())
        throw protocol_error(url + ": JSON that is no list of a folder");
    const url::web_url page = url::web_url::parse(url);
    folder_list made{.entries = {}, .is_complete = all.value("complete", json(true)) == json(true)};
    for (const json& each : *entries) {
        if (!each.is_object()) throw protocol_error(url + ": an entry that is none");
        listed_entry one{.name = text_in(each, "name"), .kind = text_in(each, "type"), .url = {}};
        one.modified = text_in(each, "modified");
        const auto where = url::web_url::try_parse(text_in(each, "href"), &page);
        if (where) one.url = where->to_string();
        const auto size = each.find("size");
        if (size != each.end() && size->is_number_unsigned()) one.size = size->get<std::uint64_t>();
        made.entries.push_back(std::move(one));
    }
    return made;
}

folder_list list_in_page(std::string_view html, const std::string& url) {
    const page_links found = links_in(html);
    const url::web_url page = url::web_url::parse(url);
    const url::web_url base = url::web_url::try_parse(found.base, &page).value_or(page);
    folder_list made;
    std::set<std::string> seen;
    for (const std::string& each : found.links) {
        auto entry = entry_of(each, base, page);
        if (entry && seen.insert(entry->url).second) made.entries.push_back(std::move(*entry));
    }
    return made;
}

folder_list list_in_menu(const gopher::menu& menu, const gopher::location& of) {
    folder_list made;
    for (const gopher::item& each : menu) {
        if (each.type == gopher::item_type::info) continue;
        const auto elsewhere = each.external_url();
        made.entries.push_back(
            {.name = each.name,
             .kind = gopher::to_text(each.type),
             .url = elsewhere ? std::string(*elsewhere) : of.of(each).to_uri().to_string()});
    }
    return made;
}

}  // namespace zocalo::program
