// SPDX-License-Identifier: MIT
#include "io/backend/descriptor.hpp"

#include <stdexcept>

#include "io/backend/contract.hpp"
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

task<chunk> descriptor::read() {
    co_return co_await awaitable_transfer<read_transfer>(this);
}

task<std::size_t> descriptor::read_some(mutable_buffer into) {
    co_return co_await awaitable_transfer<read_some_transfer>(this, into);
}

task<> descriptor::write(std::span<const const_buffer> pieces) {
    co_await awaitable_transfer<write_transfer>(this, pieces);
}

/// Never waits; a task because other transports do.
task<> descriptor::finish() {
    const int result = shutdown(net::direction::write);
    if (result < 0) net::fail("finish the connection to", peer_endpoint(), result);
    co_return;
}

}  // namespace zocalo::io::detail
