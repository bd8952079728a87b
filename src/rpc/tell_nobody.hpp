// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string>

namespace zocalo::rpc {

/// A methods::failure for those who do not want to know.
inline void tell_nobody(const std::string& /*method*/, const std::exception_ptr& /*error*/) {}

}  // namespace zocalo::rpc
