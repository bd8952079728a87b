// SPDX-License-Identifier: MIT
#include "zocalo/net/connection.hpp"

#include "zocalo/net/option.hpp"

namespace zocalo::net {

std::optional<net::credentials> connection::credentials() const {
    if (socket_.family() != family::local) return std::nullopt;
    return socket_.get<option::peer_credentials>().value;
}

}  // namespace zocalo::net
