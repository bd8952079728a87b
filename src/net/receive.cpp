// SPDX-License-Identifier: MIT
#include "zocalo/net/receive.hpp"

#include <algorithm>
#include <cerrno>

#include "net/fail.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/core/error.hpp"

namespace zocalo::net {

namespace {

long recv_until(const socket& from, mutable_buffer into, message_flag flags,
                const deadline& until) {
    return operate_until(from, POLLIN, until, [&]() noexcept -> long {
        return sys::recv(from.fileno(), into.data(), into.size(), static_cast<int>(flags));
    });
}

}  // namespace

std::string receive_line(socket& from, const line_end& end) {
    const deadline until{from.get_timeout()};
    std::string line;
    char part[1024];
    while (line.size() < end.limit) {
        const std::size_t left = end.limit - line.size();
        const mutable_buffer room =
            mutable_buffer(part).first(left < sizeof part ? left + 1 : left);  // and the line feed
        const bool is_timed = !end.quiet.is_none();
        if (!line.empty() && is_timed && shorter(end.quiet, until.remaining()) == end.quiet) {
            const int waited =
                sys::wait_ready(from.fileno(), POLLIN, deadline{end.quiet}, from.stop_fileno());
            if (waited == -ETIMEDOUT) break;
            if (waited < 0) fail("receive_line", from, waited);
        }
        long size = recv_until(from, room, message_flag::peek, until);
        if (size < 0) fail("receive_line", from, size);
        if (size == 0) break;

        const char* const stop = std::find(part, part + size, '\n');
        const bool complete = stop != part + size;
        const auto text =
            std::min<std::size_t>(static_cast<std::size_t>(stop - part), end.limit - line.size());
        line.append(part, text);
        size = recv_until(from, room.first(text + (complete ? 1 : 0)), {}, until);
        if (size < 0) fail("receive_line", from, size);
        if (complete) break;
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::string receive_all(socket& from, std::size_t limit) {
    const deadline until{from.get_timeout()};
    std::string all;
    char part[16384];
    for (;;) {
        const long size = recv_until(from, part, {}, until);
        if (size < 0) fail("receive_all", from, size);
        if (size == 0) return all;
        all.append(part, static_cast<std::size_t>(size));
        if (all.size() > limit) {
            throw protocol_error("receive_all: the stream is longer than the limit of " +
                                 std::to_string(limit) + " bytes");
        }
    }
}

}  // namespace zocalo::net
