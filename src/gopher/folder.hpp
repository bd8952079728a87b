// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/gopher/server.hpp"
#include "zocalo/serve/folder.hpp"

namespace zocalo::gopher {

/// `/a/b` without slashes around it, and with one before it unless it is empty.
[[nodiscard]] std::string canonical(std::string_view selector);

/// Names that cannot stand in a line cannot be asked for.
[[nodiscard]] bool can_be_named(std::string_view name) noexcept;

/// A file or folder that a selector leads to, opened, and what it is to Gopher.
struct found_entry {
    serve::opened_entry opened;
    item_type type;
    std::string path;  ///< in the folder: the selector, without what a menu had to escape
};

/// A folder as items. All of it blocks.
class folder_view {
 public:
    explicit folder_view(const folder_options& options);

    /// Nothing when there is nothing that visitors may have.
    [[nodiscard]] std::optional<found_entry> find(std::string_view selector) const;

    /// Where menus say that their items are.
    struct place {
        std::string host;
        std::uint16_t port;
    };
    /// The menu of a folder, by its path: what its gophermap says, else what is in it.
    [[nodiscard]] menu menu_of(std::string_view folder, const place& where) const;
    /// Its entries, whether there is a gophermap or not.
    [[nodiscard]] menu entries_of(std::string_view folder, const place& where) const;

    /// What has all of the words in its name, in that folder and below it.
    [[nodiscard]] menu search(std::string_view selector, std::string_view words,
                              const place& where) const;

    /// What Gopher+ says of a file or folder.
    [[nodiscard]] std::string attributes_of(std::string_view selector, const place& where) const;
    /// The same of all entries of a folder; nothing when it is none.
    [[nodiscard]] std::string attributes_of_entries(std::string_view selector,
                                                    const place& where) const;

 private:
    struct listed {
        serve::folder_entry about;
        item_type type;
    };
    [[nodiscard]] std::optional<found_entry> find_path(std::string_view path) const;
    [[nodiscard]] std::string folder_to_search(std::string_view selector) const;
    [[nodiscard]] item_type type_of(const serve::opened_entry& file) const;
    /// Folders first. Most types come from names: opening files is dear, and everybody may ask.
    [[nodiscard]] std::vector<listed> list(std::string_view folder) const;
    [[nodiscard]] std::optional<item_type> type_of_listed(const serve::folder_entry& about,
                                                          std::string_view folder,
                                                          std::size_t& looks) const;

    folder_options options_;
    serve::folder folder_;
};

}  // namespace zocalo::gopher
