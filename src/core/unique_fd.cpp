// SPDX-License-Identifier: MIT
#include "zocalo/core/unique_fd.hpp"

#include <cassert>

#include "sys/file.hpp"

namespace zocalo {

void unique_fd::reset(int fd) noexcept {
    const int old = std::exchange(fd_, fd);
    if (old < 0) return;
    [[maybe_unused]] const int result = sys::close(old);
    // Somebody else closed what we own: the next close would hit a stranger's descriptor.
    assert(result != -EBADF);
}

}  // namespace zocalo
