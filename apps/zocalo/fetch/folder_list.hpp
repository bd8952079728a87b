// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/gopher/types.hpp"

namespace zocalo::program {

/// One entry of a folder of somebody else's.
struct listed_entry {
    std::string name;
    std::string kind;  ///< "file", "folder"; of Gopher the item's type, "menu" being a folder
    std::string url;
    std::optional<std::uint64_t> size = {};
    std::string modified = {};

    [[nodiscard]] bool is_folder() const noexcept { return kind == "folder" || kind == "menu"; }
};

struct folder_list {
    std::vector<listed_entry> entries;
    bool is_complete = true;
};

/// What our own servers answer to `Accept: application/json`. `url` is where it came from. Throws
/// protocol_error for what is none.
[[nodiscard]] folder_list list_in_json(std::string_view text, const std::string& url);
/// What a page of HTML links to that is right below its own folder: what other servers show.
[[nodiscard]] folder_list list_in_page(std::string_view html, const std::string& url);
/// What a menu leads to.
[[nodiscard]] folder_list list_in_menu(const gopher::menu& menu, const gopher::location& of);

}  // namespace zocalo::program
