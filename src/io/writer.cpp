// SPDX-License-Identifier: MIT
#include "zocalo/io/writer.hpp"

#include <array>

namespace zocalo::io {

task<> writer::write(const_buffer data) {
    if (gathered_.size() + data.size() <= high_water_) {
        put(data);
        co_return;
    }
    const std::string before = std::exchange(gathered_, {});
    const std::array<const_buffer, 2> pieces{const_buffer(before), data};
    co_await to_.write(std::span<const const_buffer>(pieces));
}

task<> writer::flush() {
    if (gathered_.empty()) co_return;
    std::string all = std::exchange(gathered_, {});
    co_await to_.write(const_buffer(all));
    if (!gathered_.empty()) co_return;  // others have come meanwhile
    all.clear();
    gathered_ = std::move(all);  // the memory serves the next answers
}

}  // namespace zocalo::io
