// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The files of src/http/pages/, which cmake/zocalo_embed.cmake makes a part of the library.
namespace zocalo::http::pages {

extern const std::string_view error_css;
extern const std::string_view error_html;
extern const std::string_view listing_css;
extern const std::string_view listing_html;
extern const std::string_view listing_js;
extern const std::string_view page_html;
extern const std::string_view palette_css;
extern const std::string_view upload_html;

}  // namespace zocalo::http::pages
