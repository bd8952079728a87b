// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zocalo::program {

/// Where a page of HTML leads to, as it is written there.
struct page_links {
    std::string base = {};  ///< what the links are relative to, if the page says so
    std::vector<std::string> links = {};
};

/// The values of href and src in tags, in their order, with character references read.
///
/// No browser: what scripts make, `srcset`, style sheets and redirects in the page are not seen.
/// Tags in comments, scripts and styles are none. Any text is read, in time that grows with its
/// length only; at most `most` links.
[[nodiscard]] page_links links_in(std::string_view html, std::size_t most = 100000);

}  // namespace zocalo::program
