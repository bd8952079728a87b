// SPDX-License-Identifier: MIT
#include "zocalo/tls/tunnel.hpp"

#include <utility>

#include "zocalo/tls/stream.hpp"

namespace zocalo::tls {

io::task<io::stream> tunnel(io::stream line, io::proxy through, client_context context,
                            std::string host, std::uint16_t port) {
    if (through.kind == io::proxy::protocol::https) {
        line = co_await connect(std::move(line), std::move(context), through.host, through.port);
        through.kind = io::proxy::protocol::http;  // what is spoken in there
    }
    co_return co_await io::tunnel(std::move(line), std::move(through), std::move(host), port);
}

}  // namespace zocalo::tls
