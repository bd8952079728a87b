// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "io/backend/system_descriptor.hpp"
#include "sys/file.hpp"
#include "sys/socket.hpp"

/// The receive that most of a server's time goes through. It is inline because every call around a
/// system call costs twice: the kernel leaves the processor's memory of returns empty.
namespace zocalo::io::detail {

inline system_descriptor& socket_of(const operation& what) noexcept {
    return static_cast<system_descriptor&>(*what.on);
}

inline bool done(operation& what, long result) noexcept {
    what.result = static_cast<std::int32_t>(result);
    what.now = operation::state::done;
    return true;
}

inline bool try_receive(receive_operation& what, int flags) noexcept {
    system_descriptor& from = socket_of(what);
    if (from.has_leftover() && from.take_leftover(what)) return true;
    const bool lent = what.wants_chunk();
    if (lent) {
        what.data = take_buffer();
        what.size = chunk_size;
    }
    const long got = from.is_socket ? sys::recv(from.fileno(), what.data, what.size, flags)
                                    : sys::read(from.fileno(), what.data, what.size);
    from.may_be_readable = from.is_socket && got == static_cast<long>(what.size);
    if (lent && got <= 0) put_buffer(std::exchange(what.data, nullptr));
    return got != -EAGAIN && done(what, got);
}

}  // namespace zocalo::io::detail
