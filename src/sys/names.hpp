// SPDX-License-Identifier: MIT
#pragma once

#include <netdb.h>
#include <unistd.h>

#include <cerrno>

#include "sys/retry.hpp"

namespace zocalo::sys {

/// getaddrinfo(3): 0, or an EAI_* code; with EAI_SYSTEM `system_error` is the errno.
inline int getaddrinfo(const char* host, const char* service, const addrinfo& hints,
                       addrinfo** list, int& system_error) noexcept {
    const int result = ::getaddrinfo(host, service, &hints, list);
    system_error = result == EAI_SYSTEM ? errno : 0;
    return result;
}

/// getnameinfo(3): as above.
inline int getnameinfo(const void* address, socklen_t size, char* host, socklen_t host_size,
                       char* service, socklen_t service_size, int flags,
                       int& system_error) noexcept {
    const int result = ::getnameinfo(static_cast<const sockaddr*>(address), size, host, host_size,
                                     service, service_size, flags);
    system_error = result == EAI_SYSTEM ? errno : 0;
    return result;
}

// The reentrant look-ups return 0 or an errno; `found` is null when there is no such entry, and
// ERANGE asks for a larger buffer.
inline int gethostbyname(const char* name, int family, hostent& entry, char* buffer,
                         std::size_t size, hostent** found, int& host_error) noexcept {
    return ::gethostbyname2_r(name, family, &entry, buffer, size, found, &host_error);
}
inline int gethostbyaddr(const void* address, socklen_t address_size, int family, hostent& entry,
                         char* buffer, std::size_t size, hostent** found,
                         int& host_error) noexcept {
    return ::gethostbyaddr_r(address, address_size, family, &entry, buffer, size, found,
                             &host_error);
}
inline int getservbyname(const char* name, const char* protocol, servent& entry, char* buffer,
                         std::size_t size, servent** found) noexcept {
    return ::getservbyname_r(name, protocol, &entry, buffer, size, found);
}
/// The port is in network order.
inline int getservbyport(int port, const char* protocol, servent& entry, char* buffer,
                         std::size_t size, servent** found) noexcept {
    return ::getservbyport_r(port, protocol, &entry, buffer, size, found);
}
inline int getprotobyname(const char* name, protoent& entry, char* buffer, std::size_t size,
                          protoent** found) noexcept {
    return ::getprotobyname_r(name, &entry, buffer, size, found);
}
inline int getprotobynumber(int number, protoent& entry, char* buffer, std::size_t size,
                            protoent** found) noexcept {
    return ::getprotobynumber_r(number, &entry, buffer, size, found);
}

inline int gethostname(char* name, std::size_t size) noexcept {
    return once(::gethostname(name, size));
}
inline int sethostname(const char* name, std::size_t size) noexcept {
    return once(::sethostname(name, size));
}

}  // namespace zocalo::sys
