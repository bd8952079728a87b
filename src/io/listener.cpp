// SPDX-License-Identifier: MIT
#include "zocalo/io/listener.hpp"

#include "io/backend/contract.hpp"
#include "io/backend/system_descriptor.hpp"
#include "io/fault_injector.hpp"
#include "io/here.hpp"

namespace zocalo::io {

namespace {

/// Connections inherit it. Nobody can tell what others have set from what nobody has.
net::socket prompt(net::socket listening) {
    if (listening.local_endpoint().is_inet()) detail::send_promptly(listening.fileno());
    return listening;
}

}  // namespace

listener::listener(net::socket listening)
    : transport_(detail::system_descriptor::adopt(prompt(std::move(listening)))) {}

net::endpoint listener::local_endpoint() const {
    return transport_ == nullptr ? net::endpoint{} : transport_->local_endpoint();
}

task<listener> listen(net::endpoint where, net::listen_options options) {
    co_await detail::ask_and_go_wrong(operation_kind::listen, "bind", where);
    const detail::fiber& in = co_await detail::here();
    co_return listener(in.engine().listen(where, options));
}

}  // namespace zocalo::io
