// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/http/multipart.hpp"

namespace zocalo::http {

/// A file that came in a form.
struct form_file {
    std::string name;       ///< of the field
    std::string file_name;  ///< as it was said: see safe_file_name()
    std::string type;
    std::string content;
};

/// What somebody filled in: all of it in memory. What is larger is read with multipart_reader.
struct form {
    std::vector<std::pair<std::string, std::string>> values = {};
    std::vector<form_file> files = {};

    /// Reads content of the type `application/x-www-form-urlencoded` or `multipart/form-data`.
    ///
    ///     const std::string content = co_await asked.content(1 << 20);
    ///     const http::form filled =
    ///         http::form::parse(asked.request().fields.get("Content-Type"), content);
    ///
    /// Throws bad_message: 415 for another type, 400 for what is none, 413 for more than
    /// `within.parts` fields.
    static form parse(std::string_view content_type, std::string_view content,
                      const multipart_limits& within = {});

    /// The first value of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// The first file of that name, or null.
    [[nodiscard]] const form_file* find_file(std::string_view name) const noexcept;
};

}  // namespace zocalo::http
