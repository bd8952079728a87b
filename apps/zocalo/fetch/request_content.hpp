// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fetch/form_parts.hpp"
#include "zocalo/http/body.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

/// The content of a request, as a command line has it.
struct request_content {
    /// How a text after one of the options is read.
    enum class kind { plain, raw, binary, encoded, json };
    struct piece {
        kind how;
        std::string text;
        bool is_read = false;  // `text` is what is sent
    };

    std::vector<piece> data;         // in their order
    std::vector<form_piece> parts;   // -F and --form-string, in their order
    std::string upload;              // -T
    bool into_url = false;           // -G
    std::optional<http::body> made;  // by make_content()

    [[nodiscard]] bool is_json() const noexcept;
    /// What is sent is gone then.
    [[nodiscard]] bool is_input() const noexcept { return upload == "-"; }
    [[nodiscard]] bool is_empty() const noexcept {
        return data.empty() && parts.empty() && upload.empty();
    }
};

/// Declares -d and its like, --json, -G and -F.
void add_content_options(CLI::App& command, request_content& into);

/// What -d and its like say, with `&` between them; of --json without. Throws file_error for a file
/// that cannot be read.
[[nodiscard]] std::string data_of(const request_content& what);

/// Reads what -d, -F and their like name, standard input too, which is there only once: all URLs
/// and all tries get the same. Throws std::invalid_argument and file_error.
void make_content(request_content& what);

/// What is sent. Throws std::invalid_argument and file_error.
[[nodiscard]] http::body body_of(const request_content& what);

/// Where a file goes: a URL that ends in a slash is a folder, in which it keeps its name. Throws
/// std::invalid_argument for one that has none, such as standard input.
[[nodiscard]] std::string upload_url(const std::string& file, const std::string& url);

/// A file as content; `-` is standard input, which is sent in chunks.
[[nodiscard]] http::body upload_of(const std::string& path);

}  // namespace zocalo::program
