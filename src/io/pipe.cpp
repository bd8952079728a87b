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

/// In a simulated network one direction of a connection stands for it.
std::pair<stream, stream> pipe() {
    const detail::backend* const here = detail::backend::running();
    if (here != nullptr && here->realm() == detail::realm::simulated) {
        auto both = stream::pair();
        both.first.made_of()->native()->shutdown(net::direction::write);
        return both;
    }
    int ends[2] = {-1, -1};
    if (const int result = sys::pipe(ends); result < 0) net::fail("open a pipe", result);
    return {open_descriptor(unique_fd(ends[0])), open_descriptor(unique_fd(ends[1]))};
}

}  // namespace zocalo::io
