// SPDX-License-Identifier: MIT
#include "relay/activity.hpp"

namespace zocalo::program {

io::task<> activity::silence(timeout limit) const {
    const auto span = limit.value();
    if (!span) co_await io::sleep(timeout::none());
    for (;;) {
        const auto now = co_await io::now();
        const timeout left = *span - (now - last_move_);
        if (left.is_zero()) co_return;
        co_await io::sleep(left);
    }
}

}  // namespace zocalo::program
