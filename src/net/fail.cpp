// SPDX-License-Identifier: MIT
#include "net/fail.hpp"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <system_error>

#include "sys/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

/// What a newcomer needs to know beside "Operation not permitted".
std::string_view advice(std::string_view operation, int error) {
    const bool opens = operation.starts_with("socket ") || operation.starts_with("open ");
    if (opens && error == EPERM)
        return " (raw and packet sockets want root or the capability CAP_NET_RAW)";
    if (error == EMFILE) return " (this process is at its limit of descriptors: ulimit -n)";
    return "";
}

/// What is to be known about an address, too.
std::string_view advice(std::string_view operation, const endpoint& address, int error) {
    if (error == EACCES && address.is_inet()) {
        if (operation == "bind" && address.port() < 1024) {
            return " (ports below 1024 want root or the capability CAP_NET_BIND_SERVICE)";
        }
        if (address.ip() == address::broadcast()) return " (broadcast wants option::broadcast)";
    }
    return advice(operation, error);
}

/// The name of one end, or nothing: after a reset the kernel has forgotten the peer.
template <class Ask>
endpoint name_of(int fd, Ask ask) {
    endpoint name;
    auto size = static_cast<socklen_t>(endpoint::capacity);
    if (fd >= 0 && ask(fd, name.data(), &size) >= 0) name.resize(size);
    return name;
}

/// A stop has a type of its own, because a program treats it like no other error.
[[noreturn]] void throw_error(std::error_code code, const std::string& message) {
    if (code == std::errc::operation_canceled) throw stopped(code, message);
    throw std::system_error(code, message);
}

bool is_named(const endpoint& name) {
    if (name.is_inet()) return name.port() != 0;
    return name.size() > sizeof(sa_family_t);
}

}  // namespace

std::error_code error_from(long error) noexcept {
    return {static_cast<int>(std::abs(error)), std::system_category()};
}

std::string to_text(timeout limit) {
    const auto span = limit.value();
    if (!span) return "no limit";
    const double seconds = static_cast<double>(span->count()) / 1e9;
    const bool small = seconds < 1;
    std::string text = std::to_string(std::round(small ? seconds * 1e6 : seconds * 1e3) / 1e3);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + (small ? " ms" : " s");
}

void fail(std::string_view operation, long error) {
    const auto code = error_from(error);
    std::string message(operation);
    message += advice(operation, code.value());
    throw_error(code, message);
}

void fail(std::string_view operation, const endpoint& address, long error) {
    const auto code = error_from(error);
    std::string message(operation);
    message += ' ';
    message += address.to_string();
    message += advice(operation, address, code.value());
    throw_error(code, message);
}

void fail(std::string_view operation, const socket& socket, long error) {
    const auto code = error_from(error);
    std::string message(operation);
    const endpoint local = name_of(socket.fileno(), sys::getsockname);
    const endpoint peer = name_of(socket.fileno(), sys::getpeername);
    if (is_named(local)) message += " on " + local.to_string();
    if (is_named(peer)) message += " with " + peer.to_string();
    if (!socket.is_open()) message += " (the socket is closed)";
    if (code.value() == ETIMEDOUT && !socket.get_timeout().is_none()) {
        message += " after " + to_text(socket.get_timeout());
    }
    message += advice(operation, code.value());
    throw_error(code, message);
}

}  // namespace zocalo::net
