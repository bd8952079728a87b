// SPDX-License-Identifier: MIT
#pragma once

#include <netdb.h>

#include <cerrno>

namespace zocalo::sys {

/// getaddrinfo(3): 0, or an EAI_* code; with EAI_SYSTEM `system_error` is the errno.
inline int getaddrinfo(const char* host, const char* service, const addrinfo& hints,
                       addrinfo** list, int& system_error) noexcept {
    const int result = ::getaddrinfo(host, service, &hints, list);
    system_error = result == EAI_SYSTEM ? errno : 0;
    return result;
}

}  // namespace zocalo::sys
