// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>

/// Programs that would wait for ever.
namespace zocalo::sim {

/// What a run of a world throws when all tasks wait and nothing can wake one of them, or when it
/// takes too long. The message says for each host and task what it waits for, and the seed.
class stuck : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

}  // namespace zocalo::sim
