// SPDX-License-Identifier: MIT
// sendfile(2) waits on a socket in blocking mode, whatever the rest of the program wants, so the
// socket is taken out of that. What the kernel would have to fetch first, sendfile(2) would wait
// for as well: so it is asked for no more than the kernel has in memory.
#include "zocalo/io/detail/send_cached.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/backend/system_descriptor.hpp"
#include "io/here.hpp"
#include "sys/file.hpp"
#include "zocalo/io/transport.hpp"

namespace zocalo::io::detail {

namespace {

constexpr std::uint64_t portion = std::uint64_t{1} << 20U;

/// The socket, when the kernel may move the bytes; null when somebody wants to see them.
system_descriptor* socket_of(const stream& to, const backend& engine) {
    transport* const made_of = to.made_of();
    descriptor* const native = made_of == nullptr ? nullptr : made_of->native();
    const bool of_kernel =
        native != nullptr && native->realm() == realm::kernel && native->fileno() >= 0;
    if (!of_kernel || engine.faults() != nullptr) return nullptr;
    auto* const socket = static_cast<system_descriptor*>(native);
    return socket->is_socket ? socket : nullptr;
}

/// How much of the file, from a place on, can be sent without waiting for a disk; 0 for nothing. A
/// look at each stride must do: the kernel reads ahead by as much at a time.
std::uint64_t in_memory(int file, std::uint64_t place, std::uint64_t most) noexcept {
    constexpr std::uint64_t stride = std::uint64_t{128} << 10U;
    long there = sys::look_at(file, static_cast<off_t>(place));
    std::uint64_t known = 0;
    while (there == 1 && known < most) {
        const std::uint64_t next = std::min(known + stride, most);
        there = sys::look_at(file, static_cast<off_t>(place + next - 1));
        if (there == 1) known = next;
    }
    return there == -EAGAIN ? known : most;  // the file ends, or nobody can tell
}

bool needs_other_way(long result) noexcept {
    return result == -EINVAL || result == -ENOSYS || result == -EOPNOTSUPP;
}

}  // namespace

task<std::int64_t> send_cached(stream& to, int file, std::uint64_t offset, std::uint64_t most) {
    const fiber& in = co_await here();
    system_descriptor* const socket = socket_of(to, in.engine());
    if (socket == nullptr || file < 0) co_return 0;
    if (socket->writing != nullptr) co_return -EBUSY;
    if (const int result = sys::set_nonblocking(socket->fileno(), true); result < 0)
        co_return result;
    for (;;) {
        const std::uint64_t there = in_memory(file, offset, std::min(most, portion));
        if (there == 0) co_return 0;
        auto place = static_cast<off_t>(offset);
        const std::int64_t moved = sys::sendfile(socket->fileno(), file, &place, there);
        if (needs_other_way(moved)) co_return 0;
        if (moved < 0 && moved != -EAGAIN) co_return moved;
        if (moved == 0 || std::cmp_equal(moved, most)) co_return moved;
        awaitable<ready_operation> room(socket, ready_operation::direction::write);
        co_await room;
        if (moved > 0) co_return moved;
    }
}

}  // namespace zocalo::io::detail
