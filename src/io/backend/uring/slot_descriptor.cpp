// SPDX-License-Identifier: MIT
#include "io/backend/uring/slot_descriptor.hpp"

#include <cerrno>

#include "io/backend/uring/uring_backend.hpp"
#include "io/misuse.hpp"
#include "sys/socket.hpp"

namespace zocalo::io::detail {

slot_descriptor::~slot_descriptor() {
    if (is_busy()) closed_while_busy();
    if (home != nullptr) home->forget(*this);
}

unique_fd slot_descriptor::number() const noexcept {
    return home == nullptr ? unique_fd() : engine_.number_for(slot_);
}

int slot_descriptor::shutdown(net::direction which) noexcept {
    const unique_fd fd = number();
    return fd ? sys::shutdown(fd.get(), static_cast<int>(which)) : -EMFILE;
}

int slot_descriptor::set_option(int level, int name, const_buffer value) noexcept {
    const unique_fd fd = number();
    if (!fd) return -EMFILE;
    return sys::setsockopt(fd.get(), level, name, value.data(),
                           static_cast<socklen_t>(value.size()));
}

int slot_descriptor::get_option(int level, int name, mutable_buffer value) noexcept {
    const unique_fd fd = number();
    auto size = static_cast<socklen_t>(value.size());
    if (!fd) return -EMFILE;
    const int result = sys::getsockopt(fd.get(), level, name, value.data(), &size);
    return result < 0 ? result : static_cast<int>(size);
}

net::endpoint slot_descriptor::local_endpoint() const {
    const unique_fd fd = number();
    return name_of(fd.get(), sys::getsockname);
}

}  // namespace zocalo::io::detail
