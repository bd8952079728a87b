// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "zocalo/http/challenge.hpp"

namespace zocalo::http::detail {

/// What servers and proxies have asked before, so that the next request has the answer with it.
class login_memory {
 public:
    struct known {
        challenge asked;
        std::uint32_t count = 0;  ///< how often its nonce was used
    };

    /// `who`: an origin, or a proxy. Null when nothing is known.
    [[nodiscard]] known* find(const std::string& who) noexcept {
        const auto at = all_.find(who);
        return at == all_.end() ? nullptr : &at->second;
    }
    void remember(const std::string& who, challenge asked) {
        if (all_.size() >= most) all_.clear();
        all_[who] = {std::move(asked)};
    }

 private:
    static constexpr std::size_t most = 1000;
    std::map<std::string, known> all_;
};

}  // namespace zocalo::http::detail
