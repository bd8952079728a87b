// SPDX-License-Identifier: MIT
// The PROXY header at the beginning of a connection. What follows it in the same bytes is the
// client's, and goes back to be read again.
#include <algorithm>
#include <string>
#include <utility>

#include "serve/metered.hpp"
#include "serve/server_core.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::serve {

bool server::core::is_from_proxy(const serve::peer& who) const noexcept {
    if (!who.address.is_inet()) return options_.proxies.from_local;
    const net::address ip = who.address.ip().unmapped();
    return std::ranges::any_of(options_.proxies.from,
                               [&ip](const net::network& proxies) { return proxies.contains(ip); });
}

/// Nothing when the proxy only looks whether somebody is there.
io::task<std::optional<parsed_proxy_header>> server::core::read_header(connection& client) {
    std::string received;
    for (;;) {
        auto parsed = parse_proxy_header(received, options_.proxies.limits);
        if (parsed) {
            client.plain_->give_back(received.substr(parsed->size));
            co_return parsed;
        }
        const io::chunk got = co_await client.stream().read();
        if (got.empty() && received.empty()) co_return std::nullopt;
        if (got.empty()) throw protocol_error("PROXY header: the connection ends within it");
        received += got.text();
    }
}

io::task<bool> server::core::introduce(connection& client) {
    auto reading = read_header(client);
    auto parsed = co_await io::timeout(options_.proxies.within, std::move(reading));
    if (!parsed) co_return false;
    auto said = std::make_shared<introduction>();
    said->header = std::move(parsed->header);
    said->proxy = client.peer_.address;
    if (!said->header.is_local) {
        client.peer_.address = said->header.source;
        client.local_ = said->header.destination;
    }
    client.peer_.proxy = std::move(said);
    co_return true;
}

}  // namespace zocalo::serve
