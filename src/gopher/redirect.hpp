// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace zocalo::gopher {

/// The HTML page that leads a client on whose user has chosen a link to another protocol, `URL:`
/// and the URL, and which does not know what that means: it asks the server of the menu. Nothing
/// for other selectors, and for URLs that could be more than a way to somewhere else, such as
/// programs.
[[nodiscard]] std::string redirect_page(std::string_view selector);

}  // namespace zocalo::gopher
