// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "zocalo/http/detail/head_facts.hpp"
#include "zocalo/http/detail/line_cutter.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/limits.hpp"

namespace zocalo::http::detail {

/// What becomes of a field that goes on in the next line (RFC 9112 §5.2).
enum class folds : bool {
    refused,
    joined,  ///< by a space: what a user agent has to do with responses
};

/// Reads the fields of a head or of a trailer, up to the empty line after them.
class field_reader {
 public:
    struct progress {
        std::size_t used = 0;
        bool is_done = false;
    };

    /// Before the first line; `used` bytes of the head have come before it.
    void begin(std::size_t used, folds they_are = folds::refused) noexcept {
        bytes_ = used;
        folds_ = they_are;
    }

    /// Reads all lines that have come whole into `into`, and what they say into `facts` if that is
    /// not null. Throws bad_message; `into` is empty then.
    progress read(std::string_view received, fields& into, head_facts* facts, const limits& within);

 private:
    [[nodiscard]] std::size_t read_good_line(std::string_view received, field& one) const noexcept;
    [[nodiscard]] std::optional<std::string_view> cut(std::string_view received, std::size_t room);

    line_cutter lines_;
    std::size_t bytes_ = 0;  ///< of the head, so far
    folds folds_ = folds::refused;
};

}  // namespace zocalo::http::detail
