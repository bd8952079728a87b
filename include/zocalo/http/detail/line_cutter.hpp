// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "zocalo/http/status.hpp"

namespace zocalo::http::detail {

/// Finds the lines of a head, each of which ends in CR LF.
///
/// A line is looked at when it has come whole: so what is found does not depend on how the bytes
/// were split, and no byte is searched twice.
class line_cutter {
 public:
    /// The line that `bytes` begin with, without its end; nothing while its end has not come.
    ///
    /// Throws bad_message: with `too_long` for more than `limit` bytes with the end, and for a line
    /// that ends in LF alone.
    std::optional<std::string_view> cut(std::string_view bytes, std::size_t limit, status too_long);

    /// The same with the lines that continue it, which begin with white space: their ends stand in
    /// it. Unless it is empty, it has come when the byte after it has.
    std::optional<std::string_view> cut_folded(std::string_view bytes, std::size_t limit,
                                               status too_long);

    /// Whether nothing of a line was searched in vain.
    [[nodiscard]] bool is_fresh() const noexcept { return searched_ == 0; }

 private:
    std::size_t searched_ = 0;  ///< so much of the line that has not ended
};

}  // namespace zocalo::http::detail
