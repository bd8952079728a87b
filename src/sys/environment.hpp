// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// Not while other threads look at the environment.
inline int set_variable(const char* name, const char* value) noexcept {
    return once(::setenv(name, value, 1));
}
inline int unset_variable(const char* name) noexcept {
    return once(::unsetenv(name));
}

}  // namespace zocalo::sys
