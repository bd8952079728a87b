// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/gopher/types.hpp"

/// Menus that people write by hand, in the format of Bucktooth, which most servers read.
namespace zocalo::gopher {

/// Where a gophermap is, which its lines leave out.
struct gophermap_place {
    std::string folder = {};  ///< the selector of its folder: "/docs"; empty at the top
    std::string host = {};
    std::uint16_t port = 70;
    /// What is in the folder, for a line `*`. Without it such a line is text.
    std::function<menu()> entries = {};
    /// A file of the folder, for a line `=NAME`. Without it, and where it gives nothing, such a
    /// line is text. It has to give nothing in the end: files may include each other.
    std::function<std::optional<std::string>(std::string_view name)> include = {};
};

/// A line without a TAB is a line of information. Others are `Tname TAB selector TAB host TAB port`
/// with T the item's type: parts at the end may be missing. Without a selector the name is one.
///
/// A selector that does not begin with `/`, `URL:` or `GET ` and has no host behind it is relative
/// to the folder. A line that is a single dot ends the menu.
///
/// Of what other servers read there (Gophernicus): `#` begins a comment, `!` the title of the menu,
/// `=NAME` stands for the lines of a file, and `*` for what is in the folder and has no item yet;
/// it ends the menu, too.
[[nodiscard]] menu parse_gophermap(std::string_view text, const gophermap_place& place);

/// The item type of a file by the ending of its name; nothing when that says nothing.
[[nodiscard]] std::optional<item_type> type_of_name(std::string_view name);

/// The item type of a file by its name, and `text` or `binary` by its first bytes where the name
/// says nothing.
[[nodiscard]] item_type type_of_file(std::string_view name, std::string_view first_bytes);

}  // namespace zocalo::gopher
