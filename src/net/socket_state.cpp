// SPDX-License-Identifier: MIT
// What a socket is and how it behaves: time-outs, options, names, descriptors.
#include <linux/sockios.h>

#include <cerrno>
#include <limits>
#include <string>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/socket.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

std::string option_text(std::string_view verb, int level, int name) {
    return std::string(verb) + " option " + std::to_string(name) + " of level " +
           std::to_string(level);
}

template <class Ask>
endpoint name_of(const socket& socket, const char* operation, Ask ask) {
    endpoint name;
    socklen_t size = endpoint::capacity;
    if (const int result = ask(socket.fileno(), name.data(), &size); result < 0) {
        fail(operation, socket, result);
    }
    name.resize(size);
    return name;
}

/// A question that ioctl(2) answers with a number.
int ask(const socket& socket, const char* operation, unsigned long request) {
    int answer = 0;
    const int result = sys::ioctl(socket.fileno(), request, &answer);
    if (result < 0) fail(operation, socket, result);
    return answer;
}

}  // namespace

/// Only a socket with neither limit nor stop may block in the kernel: nothing could end that wait.
void socket::apply_blocking_mode() {
    const bool nonblocking = !timeout_.is_none() || stop_fd_ >= 0;
    if (const int result = sys::set_nonblocking(fileno(), nonblocking); result < 0) {
        fail("set the time-out", *this, result);
    }
}

void socket::set_timeout(timeout limit) {
    timeout_ = limit;
    apply_blocking_mode();
}

void socket::stop_with(const stop_condition& condition) {
    stop_fd_ = condition.fileno();
    apply_blocking_mode();
}

void socket::set_option(int level, int name, int value) {
    set_option(level, name, const_buffer(&value, sizeof value));
}

void socket::set_option(int level, int name, const_buffer value) {
    const auto size = checked_cast<socklen_t>(value.size(), "size of an option");
    if (const int result = sys::setsockopt(fileno(), level, name, value.data(), size); result < 0) {
        fail(option_text("set", level, name), *this, result);
    }
}

int socket::get_option(int level, int name) const {
    int value = 0;
    get_option(level, name, mutable_buffer(&value, sizeof value));
    return value;
}

std::size_t socket::get_option(int level, int name, mutable_buffer value) const {
    auto size = checked_cast<socklen_t>(value.size(), "size of an option");
    if (const int result = sys::getsockopt(fileno(), level, name, value.data(), &size);
        result < 0) {
        fail(option_text("get", level, name), *this, result);
    }
    return size;
}

endpoint socket::local_endpoint() const {
    return name_of(*this, "getsockname", sys::getsockname);
}
endpoint socket::peer_endpoint() const {
    return name_of(*this, "getpeername", sys::getpeername);
}

std::error_code socket::take_error() const {
    const int error = get_option(SOL_SOCKET, SO_ERROR);
    return error == 0 ? std::error_code{} : error_from(error);
}

std::size_t socket::available() const {
    return static_cast<std::size_t>(ask(*this, "available", SIOCINQ));
}
std::size_t socket::unsent() const {
    return static_cast<std::size_t>(ask(*this, "unsent", SIOCOUTQ));
}
bool socket::at_mark() const {
    return ask(*this, "at_mark", SIOCATMARK) != 0;
}

bool socket::get_inheritable() const {
    const int flags = sys::get_descriptor_flags(fileno());
    if (flags < 0) fail("get_inheritable", *this, flags);
    return (flags & FD_CLOEXEC) == 0;
}

void socket::set_inheritable(bool on) {
    if (const int result = sys::set_descriptor_flags(fileno(), on ? 0 : FD_CLOEXEC); result < 0) {
        fail("set_inheritable", *this, result);
    }
}

socket socket::dup() const {
    const int fd = sys::dup(fileno());
    if (fd < 0) fail("dup", *this, fd);
    socket copy;
    copy.fd_.reset(fd);
    copy.stop_fd_ = stop_fd_;
    copy.timeout_ = timeout_;
    copy.family_ = family_;
    copy.type_ = type_;
    copy.protocol_ = protocol_;
    return copy;
}

}  // namespace zocalo::net
