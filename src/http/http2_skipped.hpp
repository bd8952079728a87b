// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace zocalo::http::detail {

/// Numbers of streams that a client has passed over, which it cannot use any more (RFC 9113
/// §5.1.1). What has been used and is closed is not known here.
class http2_skipped {
 public:
    /// The head of a request or its trailers: whether that number was not passed over.
    [[nodiscard]] bool allows(std::uint32_t number) {
        if (number < next_) {
            return std::ranges::none_of(gaps_, [&](const gap& each) {
                return number >= each.first && number < each.behind;
            });
        }
        if (number > next_) {
            if (gaps_.size() == most) gaps_.erase(gaps_.begin());
            gaps_.push_back({next_, number});
        }
        next_ = number + 2;
        return true;
    }

 private:
    struct gap {
        std::uint32_t first;
        std::uint32_t behind;
    };
    static constexpr std::size_t most = 8;  // that are remembered: a good client leaves none

    std::uint32_t next_ = 1;
    std::vector<gap> gaps_;
};

}  // namespace zocalo::http::detail
