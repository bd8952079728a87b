// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zocalo {

/// Bytes that leave in the order in which they came.
class byte_queue {
 public:
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - gone_; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    void push(std::string_view more) { bytes_ += more; }
    /// Some of them, from `offset` on.
    [[nodiscard]] std::string_view view(std::size_t offset, std::size_t count) const noexcept {
        return std::string_view(bytes_).substr(gone_ + offset, count);
    }
    void pop(std::size_t count) {
        gone_ += count;
        if (gone_ < bytes_.size() && gone_ < bytes_.size() / 2) return;
        bytes_.erase(0, gone_);
        gone_ = 0;
    }
    void clear() noexcept {
        bytes_.clear();
        gone_ = 0;
    }

 private:
    std::string bytes_;
    std::size_t gone_ = 0;
};

}  // namespace zocalo
