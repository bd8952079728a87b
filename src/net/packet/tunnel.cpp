// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/tunnel.hpp"

#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/wait.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net::packet {

namespace {

constexpr std::size_t largest_frame = 65535 + 18;  // a packet, an Ethernet header and a tag

/// What the kernel wants to know. Without IFF_NO_PI each frame would have a header of its own.
ifreq request_for(tunnel_kind kind, const tunnel_options& options) {
    ifreq request{};
    const std::string& name = options.name;
    if (name.size() >= sizeof request.ifr_name || name.find('\0') != std::string::npos) {
        throw std::invalid_argument("no interface can have the name " + quoted(name));
    }
    std::copy(name.begin(), name.end(), request.ifr_name);
    int flags = IFF_NO_PI | (kind == tunnel_kind::frames ? IFF_TAP : IFF_TUN);
    if (options.multiple_queues) flags |= IFF_MULTI_QUEUE;
    request.ifr_flags = static_cast<short>(flags);
    return request;
}

std::string described(std::string_view name) {
    return name.empty() ? "a tunnel" : "tunnel " + quoted(name);
}

void check(const char* operation, std::string_view name, long result) {
    if (result >= 0) return;
    std::string what(operation);
    what += ' ';
    what += described(name);
    if (result == -EPERM) what += " (wants root or the capability CAP_NET_ADMIN)";
    fail(what, result);
}

/// Calls until it does not block, the time is up or a stop comes.
template <class Call>
long operate(int fd, short events, timeout limit, int stop_fd, Call call) {
    long result = call();
    if (result != -EAGAIN || limit.is_zero()) return result;
    const deadline until{limit};
    while (result == -EAGAIN) {
        if (const int waited = sys::wait_ready(fd, events, until, stop_fd); waited < 0) {
            return waited;
        }
        result = call();
    }
    return result;
}

}  // namespace

tunnel::tunnel(tunnel_kind kind, const tunnel_options& options)
    : kind_(kind), multiple_queues_(options.multiple_queues) {
    ifreq request = request_for(kind, options);
    const int fd = sys::open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    check("open /dev/net/tun for", options.name, fd);
    fd_.reset(fd);
    check("make", options.name, sys::ioctl(fd, TUNSETIFF, &request));
    name_ = request.ifr_name;
    if (options.owner) {
        check("set the owner of", name_, sys::ioctl_number(fd, TUNSETOWNER, *options.owner));
    }
    if (options.group) {
        check("set the group of", name_, sys::ioctl_number(fd, TUNSETGROUP, *options.group));
    }
    if (options.persistent) set_persistent(true);
    buffer_.resize(largest_frame);
}

tunnel tunnel::open_queue() const {
    return tunnel(kind_, {.name = name_, .multiple_queues = multiple_queues_});
}

std::span<const std::byte> tunnel::recv() {
    const long size = operate(fileno(), POLLIN, timeout_, stop_fd_, [&]() noexcept -> long {
        return sys::read(fileno(), buffer_.data(), buffer_.size());
    });
    check("receive from", name_, size);
    return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(size));
}

void tunnel::send(const_buffer frame) {
    const long size = operate(fileno(), POLLOUT, timeout_, stop_fd_, [&]() noexcept -> long {
        return sys::write(fileno(), frame.data(), frame.size());
    });
    check("send into", name_, size);
}

std::uint32_t tunnel::interface() const {
    return if_nametoindex(name_);
}

void tunnel::set_persistent(bool on) {
    check("keep", name_, sys::ioctl_number(fileno(), TUNSETPERSIST, on ? 1 : 0));
}

void tunnel::stop_with(const stop_condition& condition) noexcept {
    stop_fd_ = condition.fileno();
}

}  // namespace zocalo::net::packet
