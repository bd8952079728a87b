// SPDX-License-Identifier: MIT
#include "io/backend/system_descriptor.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/misuse.hpp"
#include "sys/socket.hpp"

namespace zocalo::io::detail {

net::endpoint name_of(int fd, int (*ask)(int, void*, socklen_t*) noexcept) {
    net::endpoint name;
    auto size = static_cast<socklen_t>(net::endpoint::capacity);
    if (ask(fd, name.data(), &size) >= 0) name.resize(size);
    return name;
}

small_endpoint::small_endpoint(const net::endpoint& full) noexcept {
    if (full.is_inet())
        std::copy_n(full.data(), std::min<std::size_t>(full.size(), 28), bytes_.data());
}

net::endpoint small_endpoint::full() const {
    net::endpoint known = net::endpoint::raw(bytes_);
    if (known.family() == net::family::inet) known.resize(sizeof(sockaddr_in));
    return known.is_inet() ? known : net::endpoint{};
}

system_descriptor::~system_descriptor() {
    if (is_busy()) closed_while_busy();
    if (home != nullptr) home->forget(*this);
}

std::unique_ptr<descriptor> system_descriptor::adopt(net::socket socket) {
    // There is no accept(2) that would not wait on a descriptor in blocking mode.
    if (sys::is_listening(socket.fileno())) socket.set_blocking(false);
    const net::endpoint peer = name_of(socket.fileno(), sys::getpeername);
    auto adopted = std::make_unique<system_descriptor>(unique_fd(socket.release()), peer);
    adopted->may_be_readable = true;
    return adopted;
}

transport_pair system_descriptor::make_pair() {
    auto [one, other] = net::socket::pair();
    return {adopt(std::move(one)), adopt(std::move(other))};
}

leftover& system_descriptor::leave() {
    rest_ = std::make_unique<leftover>();
    may_be_readable = true;
    return *rest_;
}

bool system_descriptor::take_leftover(receive_operation& what) {
    if (rest_ == nullptr) return false;
    const auto rest = const_buffer(rest_->bytes.data(), rest_->bytes.size()).without(rest_->taken);
    what.now = operation::state::done;
    if (rest.empty()) {
        what.result = rest_->error;
        rest_.reset();
        return what.result != 0;
    }
    if (what.wants_chunk()) {
        what.data = take_buffer();
        what.size = chunk_size;
    }
    const std::size_t count = std::min(what.size, rest.size());
    std::memcpy(what.data, rest.data(), count);
    rest_->taken += count;
    what.result = static_cast<std::int32_t>(count);
    return true;
}

unique_fd system_descriptor::take_waiting() noexcept {
    if (rest_ == nullptr || rest_->connections.empty()) return {};
    unique_fd first = std::move(rest_->connections.front());
    rest_->connections.pop_front();
    return first;
}

int system_descriptor::shutdown(net::direction which) noexcept {
    return sys::shutdown(fd_.get(), static_cast<int>(which));
}

int system_descriptor::set_option(int level, int name, const_buffer value) noexcept {
    return sys::setsockopt(fd_.get(), level, name, value.data(),
                           static_cast<socklen_t>(value.size()));
}

int system_descriptor::get_option(int level, int name, mutable_buffer value) noexcept {
    auto size = static_cast<socklen_t>(value.size());
    const int result = sys::getsockopt(fd_.get(), level, name, value.data(), &size);
    return result < 0 ? result : static_cast<int>(size);
}

net::endpoint system_descriptor::local_endpoint() const {
    return name_of(fd_.get(), sys::getsockname);
}

net::endpoint system_descriptor::peer_endpoint() const {
    const net::endpoint kept = peer_.full();
    return kept.is_inet() ? kept : name_of(fd_.get(), sys::getpeername);
}

}  // namespace zocalo::io::detail
