// SPDX-License-Identifier: MIT
// Links of pages and style sheets, and the names of files that paths become (zocalo get --mirror):
// any text is read; it stays as it is when no link changes; links that are changed are read as what
// they were changed to; no part of a path leaves its folder; linear time.
#include "fetch/links.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "fetch/mirror_names.hpp"
#include "linear.hpp"
#include "require.hpp"

namespace {

namespace program = zocalo::program;
using program::link_use;

constexpr std::string_view by = "x/y?z&a=b";

template <class Change, class Read>
void check(const std::string& text, Change change, Read read) {
    const auto stay = [](link_use, std::string_view) { return std::optional<std::string>(); };
    require(change(text, stay) == text);
    std::size_t told = 0;
    const std::string changed =
        change(text, [&told](link_use use, std::string_view) -> std::optional<std::string> {
            if (use == link_use::base || use == link_use::mentioned) return std::nullopt;
            ++told;
            return std::string(by);
        });
    const program::page_links found = read(changed);
    require(found.links.size() == told);
    require(std::ranges::all_of(found.links, [](const std::string& each) { return each == by; }));
}

void names(const std::string& text) {
    if (const auto name = program::file_name_of(text)) {
        require(!name->empty() && *name != "." && *name != "..");
        require(std::ranges::none_of(
            *name, [](char c) { return c == '/' || (c >= '\0' && c < ' ') || c == '\x7F'; }));
    }
    if (const auto all = program::file_names_of(text)) {
        require(!all->starts_with('/') && all->find("//") == std::string::npos);
        require(("/" + *all + "/").find("/../") == std::string::npos);
    }
    require(program::query_name(text).find('/') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto of_page = [](std::string_view html) { return program::links_in(html); };
    const auto of_style = [](std::string_view css) { return program::links_in_style(css); };
    check(text, program::change_links, of_page);
    check(text, program::change_style_links, of_style);
    names(text);
    linear::require_linear(text, [](const std::string& all) {
        (void)program::links_in(all);
        (void)program::links_in_style(all);
        (void)program::file_names_of(all);
    });
    return 0;
}
