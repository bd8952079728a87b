// SPDX-License-Identifier: MIT
#include "zocalo/io/pipe.hpp"

#include "io/backend/system_descriptor.hpp"
#include "net/fail.hpp"
#include "sys/file.hpp"

namespace zocalo::io {

stream open_descriptor(unique_fd descriptor) {
    return stream(std::make_unique<detail::system_descriptor>(
        detail::system_descriptor::no_socket{}, std::move(descriptor)));
}

std::pair<stream, stream> pipe() {
    int ends[2] = {-1, -1};
    if (const int result = sys::pipe(ends); result < 0) net::fail("open a pipe", result);
    return {open_descriptor(unique_fd(ends[0])), open_descriptor(unique_fd(ends[1]))};
}

}  // namespace zocalo::io
