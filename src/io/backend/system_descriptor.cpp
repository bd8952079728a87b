// SPDX-License-Identifier: MIT
#include "io/backend/system_descriptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
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

namespace {

/// An IPv4 address and port, as the kernel has them, and the bit that says so.
constexpr unsigned port_at = 16;
constexpr unsigned address_at = 32;

}  // namespace

peer_notes::peer_notes(const net::endpoint& peer) {
    if (peer.family() == net::family::inet) {
        sockaddr_in known{};
        std::memcpy(&known, peer.data(), sizeof known);
        bits_ = is_inet | std::uint64_t{known.sin_port} << port_at |
                std::uint64_t{known.sin_addr.s_addr} << address_at;
    } else if (peer.family() == net::family::inet6) {
        auto made = std::make_unique<place>();
        std::copy_n(peer.data(), std::min<std::size_t>(peer.size(), made->peer.size()),
                    made->peer.data());
        bits_ = reinterpret_cast<std::uintptr_t>(made.release());  // NOLINT: elsewhere() reads it
    }
}

peer_notes::~peer_notes() {
    delete elsewhere();
}

net::endpoint peer_notes::peer() const {
    if ((bits_ & is_inet) != 0) {
        sockaddr_in known{};
        known.sin_family = AF_INET;
        known.sin_port = static_cast<in_port_t>(bits_ >> port_at & 0xffff);
        known.sin_addr.s_addr = static_cast<in_addr_t>(bits_ >> address_at);
        return net::endpoint::raw(std::as_bytes(std::span(&known, 1)));
    }
    const place* const there = elsewhere();
    if (there == nullptr) return {};
    net::endpoint known = net::endpoint::raw(there->peer);
    if (known.family() == net::family::inet) known.resize(sizeof(sockaddr_in));
    return known.is_inet() ? known : net::endpoint{};
}

leftover& peer_notes::leave() {
    if (elsewhere() == nullptr) {
        auto made = std::make_unique<place>();
        const net::endpoint known = peer();
        std::copy_n(known.data(), known.size(), made->peer.data());
        bits_ = reinterpret_cast<std::uintptr_t>(made.release());  // NOLINT: elsewhere() reads it
    }
    elsewhere()->rest = std::make_unique<leftover>();
    return *elsewhere()->rest;
}

void peer_notes::drop_rest() noexcept {
    elsewhere()->rest.reset();
}

system_descriptor::~system_descriptor() {
    if (is_busy()) closed_while_busy();
    if (home != nullptr) home->forget(*this);
}

void send_promptly(int fd) noexcept {
    // What waits for more, waits in the writer: Nagle's algorithm would hold back the end of each
    // answer until the peer's delayed acknowledgement, 40 ms later.
    const int on = 1;
    sys::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // What cannot be sent yet has no need to be in the kernel, which would take megabytes of it;
    // and what was copied or looked up long ago has left the processor's cache when its turn comes.
    // More than a segment of the loopback (64 KiB) costs twice the time there; see
    // docs/performance.md.
    const int unsent = 48 << 10;
    sys::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
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
    may_be_readable = true;
    return notes_.leave();
}

bool system_descriptor::take_leftover(receive_operation& what) {
    leftover* const kept = notes_.rest();
    if (kept == nullptr) return false;
    const auto rest = const_buffer(kept->bytes.data(), kept->bytes.size()).without(kept->taken);
    what.now = operation::state::done;
    if (rest.empty()) {
        what.result = kept->error;
        notes_.drop_rest();
        return what.result != 0;
    }
    if (what.wants_chunk()) {
        what.data = take_buffer();
        what.size = chunk_size;
    }
    const std::size_t count = std::min(what.size, rest.size());
    std::memcpy(what.data, rest.data(), count);
    kept->taken += count;
    what.result = static_cast<std::int32_t>(count);
    return true;
}

unique_fd system_descriptor::take_waiting() noexcept {
    leftover* const kept = notes_.rest();
    if (kept == nullptr || kept->connections.empty()) return {};
    unique_fd first = std::move(kept->connections.front());
    kept->connections.erase(kept->connections.begin());
    return first;
}

int system_descriptor::shutdown(net::direction which) noexcept {
    return sys::shutdown(fd_.get(), static_cast<int>(which));
}

std::int64_t system_descriptor::send_now(const_buffer data) noexcept {
    if (!is_socket || is_busy()) return -EAGAIN;
    return sys::send(fd_.get(), data.data(), data.size(), MSG_DONTWAIT);
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
    const net::endpoint kept = notes_.peer();
    return kept.is_inet() ? kept : name_of(fd_.get(), sys::getpeername);
}

}  // namespace zocalo::io::detail
