// SPDX-License-Identifier: MIT
#include "zocalo/serve/peer.hpp"

#include "serve/identify.hpp"
#include "zocalo/net/option.hpp"

namespace zocalo::serve {

std::string peer::to_string() const {
    const bool named =
        address.is_inet() || (address.family() == net::family::local && !address.path().empty());
    if (named) return address.to_string();
    if (!process) return "unknown";
    return "pid " + std::to_string(process->process) + " uid " + std::to_string(process->user);
}

namespace detail {

peer identify(const io::stream& socket) {
    peer who;
    who.address = socket.peer_endpoint();
    const net::family family = socket.local_endpoint().family();
    if (family == net::family::local)
        who.process = socket.get<net::option::peer_credentials>().value;
    return who;
}

}  // namespace detail

}  // namespace zocalo::serve
