// SPDX-License-Identifier: MIT
#include "zocalo/io/detail/silence.hpp"

#include <poll.h>

#include "io/backend/contract.hpp"
#include "io/backend/system_descriptor.hpp"
#include "sys/wait.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::io::detail {

bool is_silent(const stream& of) noexcept {
    const auto* const socket = dynamic_cast<const system_descriptor*>(of.made_of());
    if (socket == nullptr || socket->is_busy() || socket->has_leftover()) return false;
    // The ring may have received what nobody has asked for yet.
    if (socket->home != nullptr && socket->home->name() == "uring") return false;
    pollfd look{socket->fileno(), POLLIN, 0};
    return sys::poll(&look, 1, deadline{timeout::zero()}) == 0;
}

}  // namespace zocalo::io::detail
