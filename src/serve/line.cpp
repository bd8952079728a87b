// SPDX-License-Identifier: MIT
#include "serve/line.hpp"

namespace zocalo::serve::detail {

void line::place::join() {
    if (is_standing_) return;
    const std::lock_guard lock(line_.mutex_);
    line_.standing_.push_back(this);
    ++line_.length_;
    is_standing_ = true;
}

void line::place::leave() noexcept {
    if (!is_standing_) return;
    const std::lock_guard lock(line_.mutex_);
    std::erase(line_.standing_, this);
    --line_.length_;
    is_standing_ = false;
}

bool line::place::is_first() const {
    const std::lock_guard lock(line_.mutex_);
    return is_standing_ && line_.standing_.front() == this;
}

}  // namespace zocalo::serve::detail
