// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "zocalo/http/body.hpp"

namespace zocalo::program {

/// What one option says of it.
struct form_piece {
    std::string text;
    bool is_literal = false;  ///< NAME=TEXT, in which @, < and ; mean nothing: curl's --form-string
};

/// A form in parts, `multipart/form-data` (RFC 7578), of what curl's -F takes: `name=text`,
/// `name=@FILE` (a file), `name=<FILE` (its text); `;type=T` and `;filename=N` may follow.
///
/// Files are read when they are sent. Throws std::invalid_argument for what is no part, file_error
/// for a file that cannot be read.
[[nodiscard]] http::body form_of(const std::vector<form_piece>& parts);

}  // namespace zocalo::program
