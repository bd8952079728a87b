// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/net/endpoint.hpp"

namespace zocalo::net {

/// Takes the file of a Unix socket away when it is destroyed, as long as it is the one that was
/// there when this was made: closing a socket leaves its file.
///
/// Make it as soon as the socket is bound. Move-only; one thread at a time.
class socket_file {
 public:
    /// Of none.
    socket_file() noexcept = default;
    /// Of none, too, when `bound` is no path, or no socket is there. Never throws for the file;
    /// std::bad_alloc. A path that is not absolute counts from where the process is at the end.
    explicit socket_file(const endpoint& bound);
    socket_file(socket_file&& other) noexcept;
    socket_file& operator=(socket_file&& other) noexcept;
    ~socket_file() { remove(); }

    /// Somebody else uses it from now on.
    void keep() noexcept { path_.clear(); }
    /// Now rather than at the end. What cannot be removed stays.
    void remove() noexcept;

 private:
    std::string path_;  ///< empty: there is none
    std::uint64_t device_ = 0;
    std::uint64_t number_ = 0;
};

}  // namespace zocalo::net
