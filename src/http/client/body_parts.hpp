// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "zocalo/http/body.hpp"
#include "zocalo/http/multipart.hpp"

namespace zocalo::http::detail {

/// A form in parts: contents that are bodies, and the text around them.
class body_parts {
 public:
    explicit body_parts(std::vector<body_part> parts);

    [[nodiscard]] std::string type() const { return around_.content_type(); }
    /// Of everything; nothing when that of a part is not known.
    [[nodiscard]] io::task<content_size> size() const;
    /// Throws std::runtime_error when a file has become longer or shorter than `announced` says.
    [[nodiscard]] io::task<> write_to(body_writer& to, content_size announced) const;

 private:
    [[nodiscard]] io::task<std::vector<content_size>> sizes() const;
    [[nodiscard]] content_size total(const std::vector<content_size>& sizes) const;

    multipart_form around_;
    std::vector<body> contents_;  ///< of each part in there
};

}  // namespace zocalo::http::detail
