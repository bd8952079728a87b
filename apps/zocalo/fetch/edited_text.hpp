// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zocalo::program {

/// A text, and what becomes of it when some places of it are replaced, from the first to the last.
/// The text has to be there as long as this.
class edited_text {
 public:
    explicit edited_text(std::string_view text) noexcept : text_(text) {}

    /// `place` is a view into the text, behind all that was replaced before.
    void replace(std::string_view place, std::string_view by) {
        const auto begin = static_cast<std::size_t>(place.data() - text_.data());
        made_ += text_.substr(copied_, begin - copied_);
        made_ += by;
        copied_ = begin + place.size();
    }

    [[nodiscard]] std::string take() && { return std::move(made_ += text_.substr(copied_)); }

 private:
    std::string_view text_;
    std::string made_;
    std::size_t copied_ = 0;
};

}  // namespace zocalo::program
