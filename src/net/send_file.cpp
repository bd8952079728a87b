// SPDX-License-Identifier: MIT
#include "zocalo/net/send_file.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>
#include <vector>

#include "net/fail.hpp"
#include "net/operate.hpp"
#include "sys/file.hpp"
#include "sys/socket.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::net {

namespace {

/// What sendfile(2) moves at most in one call.
constexpr std::uint64_t most_at_once = 0x7ffff000;

/// One sendfile with its range, which lies in the kernel as a signed number.
struct file_transfer {
    socket& to;
    int fd;
    deadline until;
    off_t offset;
    std::uint64_t left;
    transfer done{};

    /// Adds what went out; whether to go on.
    bool account(long moved) {
        if (moved < 0) done.error = error_from(moved);
        if (moved <= 0) return false;
        done.size += static_cast<std::size_t>(moved);
        left -= static_cast<std::uint64_t>(moved);
        return left > 0;
    }

    /// False when this descriptor needs the other way.
    bool move_in_kernel() {
        for (;;) {
            const auto count = static_cast<std::size_t>(std::min(left, most_at_once));
            const long moved = operate_until(to, POLLOUT, until, [&]() noexcept -> long {
                return sys::sendfile(to.fileno(), fd, &offset, count);
            });
            const bool refused = moved == -EINVAL || moved == -ENOSYS || moved == -ESPIPE;
            if (refused && done.size == 0) return false;
            if (!account(moved)) return true;
        }
    }

    [[nodiscard]] long read_piece(std::vector<std::byte>& room) const {
        if (const int waited = sys::wait_ready(fd, POLLIN, until, to.stop_fileno()); waited < 0) {
            return waited;
        }
        return sys::read(fd, room.data(),
                         static_cast<std::size_t>(std::min<std::uint64_t>(left, room.size())));
    }

    /// Sends a piece; whether to go on with the next one.
    bool send_piece(const_buffer rest) {
        for (;;) {
            const long sent = operate_until(to, POLLOUT, until, [&]() noexcept -> long {
                return sys::send(to.fileno(), rest.data(), rest.size(), 0);
            });
            if (!account(sent)) return false;
            rest = rest.without(static_cast<std::size_t>(sent));
            if (rest.empty()) return true;
        }
    }

    void move_here() {
        if (offset != 0) {
            done.error = error_from(ESPIPE);
            return;
        }
        std::vector<std::byte> room(65536);
        for (;;) {
            const long came = read_piece(room);
            if (came < 0) done.error = error_from(came);
            if (came <= 0) return;
            const const_buffer piece = const_buffer(room).first(static_cast<std::size_t>(came));
            if (!send_piece(piece)) return;
        }
    }
};

}  // namespace

transfer try_send_file(socket& socket, int fd, const file_range& range) {
    if (socket.type() != type::stream) {
        throw std::invalid_argument("send_file: the socket is no stream");
    }
    constexpr auto no_end = std::uint64_t{std::numeric_limits<off_t>::max()};
    file_transfer work{socket, fd, deadline{socket.get_timeout()},
                       checked_cast<off_t>(range.offset, "offset of a file"),
                       std::min(range.count.value_or(no_end), no_end - range.offset)};
    if (work.left > 0 && !work.move_in_kernel()) work.move_here();
    return work.done;
}

std::uint64_t send_file(socket& socket, int fd, const file_range& range) {
    const transfer done = try_send_file(socket, fd, range);
    if (done.error) {
        fail("send_file (" + std::to_string(done.size) + " bytes sent)", socket,
             done.error.value());
    }
    return done.size;
}

}  // namespace zocalo::net
