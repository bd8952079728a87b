// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/parameters.hpp"

namespace zocalo::http {

/// What is to be done with content: `attachment; filename="a.txt"` (RFC 6266), and what a part of a
/// form is: `form-data; name="a"` (RFC 7578 §4.2).
struct content_disposition {
    std::string type = {};  ///< in lower case
    http::parameters parameters = {};

    /// Nothing when it is none. In quotes, backslashes stay that escape nothing.
    static std::optional<content_disposition> try_parse(std::string_view text);

    /// The name of the file as the other end says it, in UTF-8: `filename*` (RFC 8187) if that
    /// makes sense, else `filename`. Never use it as it is: see safe_file_name().
    [[nodiscard]] std::optional<std::string> file_name() const;

    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const content_disposition&, const content_disposition&) = default;
};

/// Tells a browser to save the content under that name, which may be in UTF-8.
///
/// Throws std::invalid_argument for control characters.
[[nodiscard]] content_disposition attachment(std::string_view file_name);

/// A name that can be given to a file in a folder of the caller's, made of what a stranger says: no
/// folders, whichever way their slashes lean, no hidden file, no option of a program, no control
/// characters, at most 255 bytes. `otherwise` when nothing is left.
///
/// It may still be there already: open it so that it must be new.
[[nodiscard]] std::string safe_file_name(std::string_view said,
                                         std::string_view otherwise = "download");

}  // namespace zocalo::http
