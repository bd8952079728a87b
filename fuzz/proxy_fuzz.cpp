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
    if (data[0] % 6 == 5) {
        read_text(rest);
    } else {
        hear_answer(static_cast<proxy::protocol>(data[0] % 6), rest);
    }
    return 0;
}
