// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

inline int socket(int family, int type, int protocol) noexcept {
    return once(::socket(family, type | SOCK_CLOEXEC, protocol));
}
inline int socketpair(int family, int type, int protocol, int (&ends)[2]) noexcept {
    return once(::socketpair(family, type | SOCK_CLOEXEC, protocol, ends));
}
inline int bind(int fd, const void* address, socklen_t size) noexcept {
    return once(::bind(fd, static_cast<const sockaddr*>(address), size));
}
inline int listen(int fd, int backlog) noexcept {
    return once(::listen(fd, backlog));
}
/// Not repeated here: there are more reasons than a signal to ask for the next one.
inline int accept(int fd, void* address, socklen_t* size) noexcept {
    return once(::accept4(fd, static_cast<sockaddr*>(address), size, SOCK_CLOEXEC));
}
/// Never repeated: after EINTR the connection goes on being made, and the caller waits for its end.
inline int connect(int fd, const void* address, socklen_t size) noexcept {
    return once(::connect(fd, static_cast<const sockaddr*>(address), size));
}
inline int shutdown(int fd, int how) noexcept {
    return once(::shutdown(fd, how));
}

inline ssize_t send(int fd, const void* data, std::size_t size, int flags) noexcept {
    return retry<::send>(fd, data, size, flags | MSG_NOSIGNAL);
}
inline ssize_t sendto(int fd, const void* data, std::size_t size, int flags, const void* address,
                      socklen_t address_size) noexcept {
    return retry<::sendto>(fd, data, size, flags | MSG_NOSIGNAL,
                           static_cast<const sockaddr*>(address), address_size);
}
inline ssize_t recv(int fd, void* data, std::size_t size, int flags) noexcept {
    return retry<::recv>(fd, data, size, flags);
}
inline ssize_t recvfrom(int fd, void* data, std::size_t size, int flags, void* address,
                        socklen_t* address_size) noexcept {
    return retry<::recvfrom>(fd, data, size, flags, static_cast<sockaddr*>(address), address_size);
}
inline ssize_t sendmsg(int fd, const msghdr* message, int flags) noexcept {
    return retry<::sendmsg>(fd, message, flags | MSG_NOSIGNAL);
}
inline ssize_t recvmsg(int fd, msghdr* message, int flags) noexcept {
    return retry<::recvmsg>(fd, message, flags | MSG_CMSG_CLOEXEC);
}
/// For packet sockets, which carry no descriptors and refuse the flag that would protect them; so
/// is recvmmsg_of_packet().
inline ssize_t recvmsg_of_packet(int fd, msghdr* message, int flags) noexcept {
    return retry<::recvmsg>(fd, message, flags);
}
inline int sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) noexcept {
    return retry<::sendmmsg>(fd, messages, count, flags | MSG_NOSIGNAL);
}
inline int recvmmsg(int fd, mmsghdr* messages, unsigned count, int flags) noexcept {
    return retry<::recvmmsg>(fd, messages, count, flags | MSG_CMSG_CLOEXEC, nullptr);
}
inline int recvmmsg_of_packet(int fd, mmsghdr* messages, unsigned count, int flags) noexcept {
    return retry<::recvmmsg>(fd, messages, count, flags, nullptr);
}

inline int getsockopt(int fd, int level, int name, void* value, socklen_t* size) noexcept {
    return once(::getsockopt(fd, level, name, value, size));
}
inline int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
    return once(::setsockopt(fd, level, name, value, size));
}
inline bool is_listening(int fd) noexcept {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) >= 0 && value != 0;
}
inline int getsockname(int fd, void* address, socklen_t* size) noexcept {
    return once(::getsockname(fd, static_cast<sockaddr*>(address), size));
}
inline int getpeername(int fd, void* address, socklen_t* size) noexcept {
    return once(::getpeername(fd, static_cast<sockaddr*>(address), size));
}

}  // namespace zocalo::sys
