// SPDX-License-Identifier: MIT
// SOCKS 4 and its extension 4a, which never became RFCs: an address of the form 0.0.0.x says that a
// name follows.
#include <array>

#include "io/proxy/socks.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

namespace {

std::string request(const target& to) {
    const auto ip = net::address::try_parse(to.host);
    const auto v4 = ip ? ip->unmapped() : net::address::v4(0, 0, 0, 1);
    std::string bytes{4, 1, static_cast<char>(to.port >> 8), static_cast<char>(to.port & 0xFF)};
    for (const std::uint8_t byte : v4.bytes())
        bytes += static_cast<char>(byte);
    bytes += to.through.user;
    bytes += '\0';
    if (ip) return bytes;
    bytes += to.host;
    bytes += '\0';
    return bytes;
}

}  // namespace

task<> socks4(stream& line, const target& to) {
    const std::string question = request(to);
    co_await line.write(const_buffer(question));
    std::array<std::uint8_t, 8> answer{};
    const std::size_t got = co_await line.read_exactly(mutable_buffer(answer));
    if (got < answer.size()) throw to.garbled("it closed the connection before it answered");
    if (answer[0] != 0) throw to.garbled("it does not speak SOCKS 4");
    switch (answer[1]) {
        case 90:
            co_return;
        case 91:
            throw to.refused(std::errc::connection_refused, "it rejects the request, or could not");
        case 92:
        case 93:
            throw to.refused(std::errc::permission_denied, "it does not know this user");
        default:
            throw to.garbled("its answer is number " + std::to_string(answer[1]));
    }
}

}  // namespace zocalo::io::detail
