// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// Pages that are made of files with `{{marks}}` in them.
namespace zocalo::http {

using mark = std::pair<std::string_view, std::string_view>;

/// The page with a text for each mark; one that is not named is left out. What is put in is not
/// looked at again.
[[nodiscard]] std::string fill(std::string_view page, std::initializer_list<mark> marks);

/// Text as it stands in HTML, in attributes between quotes too. Control characters that HTML cannot
/// have become U+FFFD.
[[nodiscard]] std::string html(std::string_view text);

/// Text as a string of JSON, with its quotes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json(std::string_view text);

/// What differs from page to page; all of it is HTML, CSS or a script already.
struct page_parts {
    std::string_view title;
    std::string_view nonce;  ///< make_nonce(), which content_policy() names
    std::string_view style;  ///< beside the colours that all pages have
    std::string_view body;
    std::string_view script = {};
};
[[nodiscard]] std::string whole_page(const page_parts& of);

/// A word that nobody can guess, for the scripts of one page.
[[nodiscard]] std::string make_nonce();

/// What a page of ours may do: its own script and style, and talk to where it comes from.
[[nodiscard]] std::string content_policy(std::string_view nonce);

}  // namespace zocalo::http
