// SPDX-License-Identifier: MIT
// What a proxy says, and proxies as text: a connection, or only the declared errors.
#include <array>
#include <cstdint>
#include <stdexcept>

#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/proxy.hpp"

namespace {

using zocalo::const_buffer;
using zocalo::io::proxy;

void read_text(const_buffer bytes) {
    try {
        const proxy read = proxy::parse(bytes.text());
        // The text that is shown has no password, and is a proxy again unless it had escapes.
        require(!read.host.empty() && read.port != 0 && !read.to_string().empty());
    } catch (const std::invalid_argument&) {  // declared
    }
}

void hear_answer(proxy::protocol kind, const_buffer answer) {
    auto [ours, theirs] = zocalo::io::stream::pair();
    theirs.write(answer).get();
    theirs.finish().get();
    const proxy through{.kind = kind, .host = "p", .user = "me"};
    try {
        zocalo::io::stream made =
            zocalo::io::tunnel(std::move(ours), through, "192.0.2.1", 80).get();
        std::array<char, 8192> rest{};
        require(made.read_exactly(zocalo::mutable_buffer(rest)).get() < answer.size());
    } catch (const zocalo::protocol_error&) {  // declared
    } catch (const std::system_error&) {       // declared
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const const_buffer rest(data + 1, size - 1);
    // https is the same as http, in TLS.
    static constexpr std::array kinds{proxy::protocol::http, proxy::protocol::socks4,
                                      proxy::protocol::socks4a, proxy::protocol::socks5,
                                      proxy::protocol::socks5h};
    const std::size_t which = data[0] % (kinds.size() + 1);
    if (which == kinds.size()) {
        read_text(rest);
    } else {
        hear_answer(kinds[which], rest);
    }
    return 0;
}
