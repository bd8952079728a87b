// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The files of src/rpc/pages/, which cmake/zocalo_embed.cmake makes a part of the library.
namespace zocalo::rpc::pages {

extern const std::string_view methods_css;
extern const std::string_view methods_html;

}  // namespace zocalo::rpc::pages
