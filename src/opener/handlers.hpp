// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/opener/opener.hpp"

/// Those who open the schemes that an opener knows by itself.
namespace zocalo::url::detail {

/// http and https: everything that a request says, and redirects.
[[nodiscard]] io::task<opened> open_http(http::client& by, http::request what);

/// gopher and gophers. What the server says that it does not have is 404.
[[nodiscard]] io::task<opened> open_gopher(const gopher::client& by, http::request what);

/// file: regular files; of a folder the URLs of what is in it (text/uri-list), at most `names`.
[[nodiscard]] io::task<opened> open_file(http::request what, std::size_t names);

/// data: at most `limit` bytes.
[[nodiscard]] io::task<opened> open_data(http::request what, std::size_t limit);

/// Throws std::invalid_argument when it is anything but a GET or HEAD without content: its scheme
/// cannot do more.
void require_plain(const http::request& what, std::string_view scheme);

/// The same content, or none when only the head is asked for.
[[nodiscard]] opened head_or_all(const http::request& what, opened answer);

}  // namespace zocalo::url::detail
