// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/serve/folder.hpp"

/// What is in a folder, as a page and as JSON. No I/O.
namespace zocalo::http {

/// How somebody wants to see it: `?sort=size&order=desc&filter=txt`.
struct view {
    enum class column : std::uint8_t { name, size, modified };

    column sort = column::name;
    bool descending = false;
    std::string filter = {};  ///< only names with that in them; case does not matter

    /// What makes no sense is passed over.
    static view parse(std::string_view query);
    /// Whether it shows that name. Thread: any.
    [[nodiscard]] bool shows(std::string_view name) const;
};

/// The entries that are wanted, in order: folders before files.
[[nodiscard]] std::vector<serve::folder_entry> seen_through(
    const view& how, std::vector<serve::folder_entry> entries);

struct listing {
    std::string path;  ///< of the folder, decoded: "/a/b/"
    std::string root;  ///< what its path in the site begins with
    std::vector<serve::folder_entry> entries;
    bool is_cut_off = false;  ///< there are more than are shown
    bool may_upload = false;
};

[[nodiscard]] std::string to_page(const listing& what, const view& how, std::string_view nonce);
[[nodiscard]] std::string to_json(const listing& what);

/// "1.5 KiB"
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace zocalo::http
