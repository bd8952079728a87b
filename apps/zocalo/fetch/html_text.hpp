// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// The values of attributes in HTML.
namespace zocalo::program {

/// With character references read: those by number, and `&amp; &lt; &gt; &quot; &apos;`. All others
/// stay as they are.
[[nodiscard]] std::string html_decoded(std::string_view text);

/// Written so that it is read as this text, in any kind of quotes.
[[nodiscard]] std::string html_escaped(std::string_view text);

}  // namespace zocalo::program
