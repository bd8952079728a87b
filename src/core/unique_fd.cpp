// SPDX-License-Identifier: MIT
#include "zocalo/core/unique_fd.hpp"

#include <cassert>

#include "sys/file.hpp"

namespace zocalo {

void unique_fd::close(int fd) noexcept {
    [[maybe_unused]] const int result = sys::close(fd);
    // Somebody else closed what we own: the next close would hit a stranger's descriptor.
    assert(result != -EBADF);
}

}  // namespace zocalo
