// SPDX-License-Identifier: MIT
// One buffer as many datagrams. The kernel is asked to cut (UDP_SEGMENT); when it says that it, the
// network card or the path cannot, what is left goes out as a batch of plain datagrams.
#include <netinet/in.h>
#include <netinet/udp.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "net/fail.hpp"
#include "net/io_vector.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/option_udp.hpp"

namespace zocalo::net {

namespace {

constexpr std::size_t most_segments = 64;  // UDP_MAX_SEGMENTS of every kernel that has it
constexpr std::size_t most_bytes = 65507;  // what fits a UDP datagram of IPv4

void set_name(msghdr& header, const endpoint* to) noexcept {
    if (to == nullptr) return;
    header.msg_name = for_sending(to->data());
    header.msg_namelen = to->size();
}

bool means_unsupported(long error) noexcept {
    switch (-error) {
        case EINVAL:
        case EIO:
        case EMSGSIZE:
        case ENOPROTOOPT:
        case EOPNOTSUPP:
            return true;
        default:
            return false;
    }
}

/// Other sockets ignore the wish to cut, and would send everything in one.
bool is_udp(const socket& socket) noexcept {
    const bool is_inet = socket.family() == family::inet || socket.family() == family::inet6;
    const bool is_default = socket.protocol() == protocol::automatic;
    return is_inet && socket.type() == type::datagram &&
           (is_default || socket.protocol() == protocol::udp);
}

/// As many segments as one call takes, cut by the kernel.
long send_cut_by_kernel(const socket& socket, const deadline& until, const_buffer data,
                        std::size_t segment, const endpoint* to) {
    const std::size_t count = std::min(most_segments, most_bytes / segment);
    iovec part = as_iovec(data.first(count * segment));
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> control{};
    msghdr header{};
    set_name(header, to);
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* const item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = IPPROTO_UDP;
    item->cmsg_type = UDP_SEGMENT;
    item->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto size = static_cast<std::uint16_t>(segment);
    std::memcpy(CMSG_DATA(item), &size, sizeof size);
    return operate_until(socket, POLLOUT, until, [&]() noexcept -> long {
        return sys::sendmsg(socket.fileno(), &header, 0);
    });
}

/// The same, cut here.
long send_cut_here(const socket& socket, const deadline& until, const_buffer data,
                   std::size_t segment, const endpoint* to) {
    std::array<mmsghdr, most_segments> messages{};
    std::array<iovec, most_segments> parts;
    unsigned count = 0;
    do {
        parts[count] = as_iovec(data.first(segment));
        data = data.without(segment);
        msghdr& header = messages[count].msg_hdr;
        set_name(header, to);
        header.msg_iov = &parts[count];
        header.msg_iovlen = 1;
    } while (++count < most_segments && !data.empty());
    const long sent = operate_until(socket, POLLOUT, until, [&]() noexcept -> long {
        return sys::sendmmsg(socket.fileno(), messages.data(), count, 0);
    });
    long bytes = 0;
    for (long i = 0; i < sent; ++i)
        bytes += static_cast<long>(parts[static_cast<std::size_t>(i)].iov_len);
    return sent < 0 ? sent : bytes;
}

}  // namespace

transfer try_send_segments(socket& socket, const_buffer data, std::size_t segment,
                           const endpoint* to) {
    if (segment == 0 || segment > most_bytes) {
        throw std::invalid_argument("segment: " + std::to_string(segment) +
                                    " bytes are not within 1 to 65507");
    }
    const deadline until{socket.get_timeout()};
    bool kernel_cuts = is_udp(socket) && data.size() > segment && segment <= most_bytes / 2;
    transfer done;
    do {
        const const_buffer rest = data.without(done.size);
        long sent = -EINVAL;
        if (kernel_cuts) sent = send_cut_by_kernel(socket, until, rest, segment, to);
        if (!kernel_cuts || means_unsupported(sent)) {
            kernel_cuts = false;
            sent = send_cut_here(socket, until, rest, segment, to);
        }
        if (sent < 0) {
            done.error = error_from(sent);
            return done;
        }
        done.size += static_cast<std::size_t>(sent);
    } while (done.size < data.size());
    return done;
}

void send_segments(socket& socket, const_buffer data, std::size_t segment, const endpoint* to) {
    if (const transfer done = try_send_segments(socket, data, segment, to); done.error) {
        fail("send_segments (" + std::to_string(done.size) + " of " + std::to_string(data.size()) +
                 " bytes sent)",
             socket, done.error.value());
    }
}

bool receive_segments(socket& socket) {
    const int on = 1;
    const int result = sys::setsockopt(socket.fileno(), option::udp::receive_offload::level,
                                       option::udp::receive_offload::name, &on, sizeof on);
    if (result == -ENOPROTOOPT || result == -EOPNOTSUPP) return false;
    if (result < 0) fail("receive_segments", socket, result);
    return true;
}

}  // namespace zocalo::net
