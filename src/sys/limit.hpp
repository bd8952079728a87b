// SPDX-License-Identifier: MIT
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>

#include "sys/retry.hpp"

namespace zocalo::sys {

inline rlimit descriptor_limits() noexcept {
    rlimit limits{};
    once(::getrlimit(RLIMIT_NOFILE, &limits));
    return limits;
}
/// How many descriptors the process may have.
inline std::uint64_t descriptor_limit() noexcept {
    return descriptor_limits().rlim_cur;
}

/// Lifts the limit of descriptors for a moment: to `wanted` if we are privileged, else as far as
/// the hard limit lets us.
class lifted_descriptor_limit {
 public:
    explicit lifted_descriptor_limit(std::uint64_t wanted) noexcept : before_(descriptor_limits()) {
        rlimit more = before_;
        more.rlim_cur = std::max<rlim_t>(before_.rlim_cur, wanted);
        more.rlim_max = std::max<rlim_t>(before_.rlim_max, wanted);
        if (once(::setrlimit(RLIMIT_NOFILE, &more)) >= 0) return;
        more = before_;
        more.rlim_cur = before_.rlim_max;
        once(::setrlimit(RLIMIT_NOFILE, &more));
    }
    lifted_descriptor_limit(const lifted_descriptor_limit&) = delete;
    lifted_descriptor_limit& operator=(const lifted_descriptor_limit&) = delete;
    ~lifted_descriptor_limit() { once(::setrlimit(RLIMIT_NOFILE, &before_)); }

    [[nodiscard]] std::uint64_t now() const noexcept { return descriptor_limit(); }

 private:
    rlimit before_;
};

}  // namespace zocalo::sys
