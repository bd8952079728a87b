// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/connect.hpp"

namespace zocalo::net {

/// Connects to the first of `peers` that answers before `until`; `peers` is not empty and in the
/// order of trying.
connect_result race_to_connect(const std::vector<endpoint>& peers, const connect_options& options,
                               const deadline& until);

}  // namespace zocalo::net
