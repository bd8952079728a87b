// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/links.hpp"
#include "fetch/mirror_folder.hpp"
#include "fetch/mirror_scope.hpp"

namespace zocalo::program {

/// What in a file leads to others.
enum class page_kind : std::uint8_t { none, html, style, menu };

/// So much of a page is read for its links.
inline constexpr std::size_t longest_page = std::size_t{8} << 20;

/// The links of a page that is at this URL, and what they are relative to. Those of a menu are
/// URLs.
[[nodiscard]] page_links links_of(page_kind kind, std::string_view text, const url::uri& where);

/// Makes the links of a mirror lead to its own files (wget's -k).
///
/// Relatively, so that the folder may be anywhere; what is not in it has its whole URL. In menus
/// of Gopher what is below the menu is relative, and the rest begins with `/` for the folder of the
/// mirror, because selectors know no `..`.
class mirror_links {
 public:
    explicit mirror_links(const mirror_scope& scope) : scope_(scope) {}

    /// A file of the mirror, and where it is from; `meant` is the name that the scope has for that.
    void add(page_kind kind, const std::string& name, const url::uri& where,
             const std::string& meant);
    /// What was asked for there is at another place of the mirror.
    void add_redirect(const url::uri& from, const url::uri& to);

    /// The text of that file with its new links.
    [[nodiscard]] std::string converted(page_kind kind, std::string_view text,
                                        const std::string& name, const url::uri& where) const;
    /// Rewrites the files that lead to others; those that cannot be read stay as they are. Gives
    /// how many have other links now. Throws file_error.
    [[nodiscard]] io::task<std::size_t> convert(const mirror_folder& in) const;

 private:
    struct page {
        page_kind kind;
        std::string name;
        url::uri where;
    };

    [[nodiscard]] std::optional<std::string> file_of(std::string_view link,
                                                     const std::string& base) const;
    [[nodiscard]] std::string menu_with_files(std::string_view text, const std::string& name,
                                              const url::uri& where) const;

    const mirror_scope& scope_;
    std::vector<page> pages_;
    std::map<std::string, std::string> files_;  ///< by the name that the scope has for them
    std::map<std::string, std::string> redirects_;
};

}  // namespace zocalo::program
