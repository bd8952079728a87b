// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Where pages and style sheets lead to.
///
/// No browser: what scripts make is not seen. Any text is read, in time that grows with its length
/// only.
namespace zocalo::program {

/// What a link is there for.
enum class link_use : std::uint8_t {
    followed,   ///< it leads to something that can be fetched
    needed,     ///< likewise, and the page cannot be shown without: pictures, styles, scripts
    mentioned,  ///< a form is sent there
    base,       ///< others are relative to it
};

/// Told of a link as it is meant, without the escapes that it is written with; says what is to
/// stand in its place, if anything is.
using link_change = std::function<std::optional<std::string>(link_use use, std::string_view link)>;

/// A page of HTML with other links: those of href, src, srcset, data, poster, background, action,
/// of styles, and of a page that leads on by itself (`<meta>`). Tags in comments and scripts are
/// none.
[[nodiscard]] std::string change_links(std::string_view html, const link_change& change);
/// A style sheet with other links: those of url() and `@import`.
[[nodiscard]] std::string change_style_links(std::string_view css, const link_change& change);

/// Where a page leads to.
struct page_links {
    std::string base = {};  ///< what the links are relative to, if the page says so
    std::vector<std::string> links = {};
    std::set<std::string, std::less<>> needed = {};  ///< those of them that it is shown with
};

/// The links that can be followed, in their order; at most `most`. All those of styles are needed.
[[nodiscard]] page_links links_in(std::string_view html, std::size_t most = 100000);
[[nodiscard]] page_links links_in_style(std::string_view css, std::size_t most = 100000);

}  // namespace zocalo::program
