// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "zocalo/net/endpoint.hpp"

namespace zocalo::program {

/// Takes the file of a Unix socket away when the program ends, however that comes; of any other
/// address it does nothing.
class socket_file {
 public:
    explicit socket_file(const net::endpoint& at) {
        if (at.family() == net::family::local && !at.is_abstract()) path_ = at.path();
    }
    socket_file(socket_file&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    socket_file& operator=(socket_file&&) = delete;
    /// Somebody else uses it from now on.
    void keep() noexcept { path_.clear(); }
    ~socket_file() {
        std::error_code gone_already;
        if (!path_.empty()) std::filesystem::remove(path_, gone_already);
    }

 private:
    std::string path_;
};

}  // namespace zocalo::program
