// SPDX-License-Identifier: MIT
#include "zocalo/net/socket_file.hpp"

#include <sys/stat.h>

#include <utility>

#include "sys/file.hpp"

namespace zocalo::net {

socket_file::socket_file(const endpoint& bound) {
    if (bound.family() != family::local || bound.is_abstract()) return;
    std::string path(bound.path());
    struct stat made{};
    if (sys::lstat(path.c_str(), &made) < 0 || !S_ISSOCK(made.st_mode)) return;
    path_ = std::move(path);
    device_ = made.st_dev;
    number_ = made.st_ino;
}

socket_file::socket_file(socket_file&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), number_(other.number_) {}

socket_file& socket_file::operator=(socket_file&& other) noexcept {
    if (this == &other) return *this;
    remove();
    path_ = std::exchange(other.path_, {});
    device_ = other.device_;
    number_ = other.number_;
    return *this;
}

void socket_file::remove() noexcept {
    if (path_.empty()) return;
    struct stat now{};
    const bool is_there = sys::lstat(path_.c_str(), &now) >= 0;
    if (is_there && now.st_dev == device_ && now.st_ino == number_) sys::unlink(path_.c_str());
    path_.clear();
}

}  // namespace zocalo::net
