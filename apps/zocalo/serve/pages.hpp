// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The files of apps/zocalo/serve/pages/, which cmake/zocalo_embed.cmake makes a part of the
/// program, and the colours that they share with the pages of src/http/pages/.
namespace zocalo::program::pages {

extern const std::string_view palette_css;
extern const std::string_view status_css;
extern const std::string_view status_html;
extern const std::string_view status_js;

}  // namespace zocalo::program::pages
