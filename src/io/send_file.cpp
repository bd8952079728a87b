// SPDX-License-Identifier: MIT
// sendfile(2) waits on a socket in blocking mode, whatever the rest of the program wants, so the
// socket is taken out of that. After each portion the others on the loop have their turn. What the
// kernel would have to fetch first, sendfile(2) would wait for as well: that is read as files are
// read elsewhere, by the ring or a thread, until the kernel has more in memory again.
#include "zocalo/io/send_file.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <string>

#include "io/backend/contract.hpp"
#include "io/backend/file_operation.hpp"
#include "io/backend/system_descriptor.hpp"
#include "io/here.hpp"
#include "net/fail.hpp"
#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/chunk.hpp"

namespace zocalo::io {

namespace {

constexpr std::uint64_t portion = std::uint64_t{1} << 20U;

/// What is to be sent, and how much is.
struct transfer {
    stream& to;
    file& from;
    std::uint64_t offset;
    std::uint64_t left;
    std::uint64_t sent = 0;

    void account(std::uint64_t moved) noexcept {
        offset += moved;
        left -= moved;
        sent += moved;
    }
    void check(long result) const {
        if (result >= 0) return;
        std::string what = "send file " + quoted(from.path());
        what += " (" + std::to_string(sent) + " bytes sent) to";
        net::fail(what, to.peer_endpoint(), result);
    }
};

/// The socket, when the kernel may move the bytes; nothing when somebody wants to see them.
detail::system_descriptor* socket_of(const transfer& what, const detail::backend& engine) {
    transport* const made_of = what.to.made_of();
    detail::descriptor* const native = made_of == nullptr ? nullptr : made_of->native();
    const bool of_kernel = native != nullptr && native->realm() == detail::realm::kernel &&
                           native->fileno() >= 0 && what.from.fileno() >= 0;
    if (!of_kernel || engine.faults() != nullptr) return nullptr;
    auto* const socket = static_cast<detail::system_descriptor*>(native);
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

/// The file may not go while bytes of it are on their way.
class in_use {
 public:
    explicit in_use(detail::opened_file& which) noexcept : file_(which) { ++file_.under_way; }
    in_use(const in_use&) = delete;
    in_use& operator=(const in_use&) = delete;
    ~in_use() { --file_.under_way; }

 private:
    detail::opened_file& file_;
};

/// A buffer full, read and written; false at the end of the file.
task<bool> move_some(transfer& what) {
    std::byte* const buffer = detail::take_buffer();
    const chunk owner(buffer, detail::chunk_size);
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(what.left, detail::chunk_size));
    const mutable_buffer room(buffer, wanted);
    const std::size_t got = co_await what.from.read_at(what.offset, room);
    if (got == 0) co_return false;
    const const_buffer data(buffer, got);
    co_await what.to.write(data);
    what.account(got);
    co_return true;
}

bool needs_other_way(long result) noexcept {
    return result == -EINVAL || result == -ENOSYS || result == -EOPNOTSUPP;
}

/// False when the kernel cannot with this file.
task<bool> move_in_kernel(transfer& what, detail::system_descriptor& socket) {
    using ready = detail::ready_operation;
    what.check(socket.writing == nullptr ? 0 : -EBUSY);
    what.check(sys::set_nonblocking(socket.fileno(), true));
    const in_use file(*what.from.made_of());
    while (what.left > 0) {
        const auto most = std::min(what.left, portion);
        const auto count =
            static_cast<std::size_t>(in_memory(what.from.fileno(), what.offset, most));
        if (count == 0) {
            const bool more = co_await move_some(what);
            if (!more) break;
            continue;
        }
        auto place = static_cast<off_t>(what.offset);
        const long moved = sys::sendfile(socket.fileno(), what.from.fileno(), &place, count);
        if (needs_other_way(moved) && what.sent == 0) co_return false;
        if (moved == 0) break;
        if (moved != -EAGAIN) what.check(moved);
        if (moved > 0) what.account(static_cast<std::uint64_t>(moved));
        if (what.left == 0) break;
        detail::awaitable<ready> room(&socket, ready::direction::write);
        co_await room;
    }
    co_return true;
}

task<> move_here(transfer& what) {
    bool more = true;
    while (more && what.left > 0)
        more = co_await move_some(what);
}

}  // namespace

task<std::uint64_t> send_file(stream& to, file& from, net::file_range range) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    transfer what{to, from, range.offset, range.count.value_or(most)};
    what.check(range.offset > most ? -EOVERFLOW : 0);
    what.left = std::min(what.left, most - range.offset);
    const detail::fiber& in = co_await detail::here();
    what.check(in.cancelled() ? -ECANCELED : 0);
    detail::system_descriptor* const socket = socket_of(what, in.engine());
    bool moved = false;
    if (socket != nullptr) moved = co_await move_in_kernel(what, *socket);
    if (!moved) co_await move_here(what);
    co_return what.sent;
}

}  // namespace zocalo::io
