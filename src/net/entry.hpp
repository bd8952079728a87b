// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/fail.hpp"

namespace zocalo::net {

/// Text that goes to the C library: std::invalid_argument that names `what` when it has a NUL.
void refuse_nul(std::string_view text, std::string_view what);

/// Asks one of the libc's reentrant look-ups, whose entry points into a buffer that may be too
/// small: `ask(entry, buffer, size, found)`. Hands what was found, or null, to `take`, whose result
/// is the result.
template <class Entry, class Ask, class Take>
auto look_up_entry(std::string_view operation, Ask ask, Take take) {
    constexpr std::size_t enough = 1U << 20;  // no honest entry comes near
    std::vector<char> buffer(1024);
    for (;;) {
        Entry entry{};
        Entry* found = nullptr;
        const int error = ask(entry, buffer.data(), buffer.size(), &found);
        if (error != ERANGE || buffer.size() >= enough) {
            if (error == ERANGE) fail(operation, error);
            return take(found);
        }
        buffer.resize(buffer.size() * 2);
    }
}

}  // namespace zocalo::net
