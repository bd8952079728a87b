// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "tour/stage.hpp"

namespace zocalo::program {

/// One exchange of the tour: what it is about, and how it goes. Returns what it has shown; throws
/// went_wrong or not_here.
struct chapter {
    std::string_view heading;
    std::string_view story;
    std::string_view (*play)(stage&);
};

/// All of them, in the order of the tutorial.
[[nodiscard]] std::span<const chapter> chapters() noexcept;

}  // namespace zocalo::program
