// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace zocalo::ws::detail {

/// Whether text that comes in pieces is UTF-8: a fault is seen with the first byte that no
/// character has there, however it was split.
class text_check {
 public:
    /// False when it is none.
    [[nodiscard]] bool put(std::string_view piece) noexcept;
    /// Whether the text may end here.
    [[nodiscard]] bool is_complete() const noexcept { return begun_ == 0; }

 private:
    [[nodiscard]] bool finish_begun(std::string_view& piece) noexcept;

    std::array<char, 4> start_{};
    std::size_t begun_ = 0;  ///< bytes of a character that has not all come, in start_
};

/// Whether all of it is UTF-8.
[[nodiscard]] inline bool is_text(std::string_view text) noexcept {
    text_check check;
    return check.put(text) && check.is_complete();
}

}  // namespace zocalo::ws::detail
