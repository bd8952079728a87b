// SPDX-License-Identifier: MIT
#include "io/backend/descriptor.hpp"

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/fault_injector.hpp"
#include "io/here.hpp"
#include "net/fail.hpp"
#include "zocalo/io/detail/stream_operations.hpp"

namespace zocalo::io {

detail::descriptor* transport::native() noexcept {
    return detail::descriptor::of(this);
}

}  // namespace zocalo::io

namespace zocalo::io::detail {

void descriptor::must_be_of(const backend& engine) const {
    if (realm_ == engine.realm()) return;
    throw std::logic_error(
        realm_ == realm::kernel
            ? "a socket, pipe or signal of the operating system is used inside of a simulated "
              "network: open it there, with io::listen(), io::connect() or io::open_datagram()"
            : "a stream or socket of a simulated network is used outside of it");
}

std::int64_t descriptor::send_now(const_buffer /*data*/) noexcept {
    return -EAGAIN;
}

task<chunk> descriptor::read() {
    co_return co_await awaitable_transfer<read_transfer>(this);
}

task<std::size_t> descriptor::read_some(mutable_buffer into) {
    co_return co_await awaitable_transfer<read_some_transfer>(this, into);
}

task<> descriptor::write(std::span<const const_buffer> pieces) {
    co_await awaitable_transfer<write_transfer>(this, pieces);
}

/// Waits only where a test wants it late; a task because other transports do.
task<> descriptor::finish() {
    constexpr const char* verb = "finish the connection to";
    const fiber& in = co_await here();
    if (in.engine().faults() != nullptr && !in.cancelled()) {
        task<> asked = ask_and_go_wrong(operation_kind::finish, verb, peer_endpoint());
        co_await std::move(asked);
    }
    const int result = shutdown(net::direction::write);
    if (result < 0) net::fail(verb, peer_endpoint(), result);
}

}  // namespace zocalo::io::detail
