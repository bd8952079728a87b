// SPDX-License-Identifier: MIT
// SOCKS 5 (RFC 1928) with user and password (RFC 1929).
#include <array>

#include "io/proxy/socks.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

namespace {

enum method : std::uint8_t { no_password = 0, with_password = 2, none_of_these = 255 };
enum address_kind : std::uint8_t { ipv4 = 1, name = 3, ipv6 = 4 };

task<> fill(stream& line, mutable_buffer into, const target& to) {
    const std::size_t got = co_await line.read_exactly(into);
    if (got < into.size()) throw to.garbled("it closed the connection before it answered");
}

/// A string as SOCKS writes them: its length in a byte, then it.
void append(std::string& bytes, const std::string& text) {
    bytes += static_cast<char>(text.size());
    bytes += text;
}

/// RFC 1929.
std::string password_request(const target& to) {
    std::string bytes{1};
    append(bytes, to.through.user);
    append(bytes, to.through.password);
    return bytes;
}

task<> sign_in(stream& line, const target& to) {
    const std::string question = password_request(to);
    co_await line.write(const_buffer(question));
    std::array<std::uint8_t, 2> answer{};
    co_await fill(line, mutable_buffer(answer), to);
    if (answer[1] != 0) throw to.refused(std::errc::permission_denied, "wrong user or password");
}

std::string greeting(const target& to) {
    if (to.through.user.empty()) return {5, 1, no_password};
    return {5, 2, no_password, with_password};
}

/// Agrees on how to sign in, and does.
task<> greet(stream& line, const target& to) {
    const std::string question = greeting(to);
    co_await line.write(const_buffer(question));
    std::array<std::uint8_t, 2> answer{};
    co_await fill(line, mutable_buffer(answer), to);
    if (answer[0] != 5) throw to.garbled("it does not speak SOCKS 5");
    const bool has_user = !to.through.user.empty();
    if (answer[1] == no_password) co_return;
    if (answer[1] == with_password && has_user) {
        co_await sign_in(line, to);
        co_return;
    }
    if (answer[1] != none_of_these)
        throw to.garbled("it wants a way to sign in that was not offered");
    throw to.refused(std::errc::permission_denied, has_user
                                                       ? "it does not take a user and a password"
                                                       : "it wants a user and a password");
}

std::string request(const target& to) {
    std::string bytes{5, 1, 0};
    if (const auto ip = net::address::try_parse(to.host)) {
        bytes += static_cast<char>(ip->is_v6() ? ipv6 : ipv4);
        for (const std::uint8_t byte : ip->bytes())
            bytes += static_cast<char>(byte);
    } else {
        bytes += static_cast<char>(name);
        append(bytes, to.host);
    }
    bytes += static_cast<char>(to.port >> 8);
    bytes += static_cast<char>(to.port & 0xFF);
    return bytes;
}

/// RFC 1928 §6.
std::system_error refusal(std::uint8_t reply, const target& to) {
    switch (reply) {
        case 2:
            return to.refused(std::errc::permission_denied, "its rules do not allow that");
        case 3:
            return to.refused(std::errc::network_unreachable, "it says");
        case 4:
            return to.refused(std::errc::host_unreachable, "it says");
        case 5:
            return to.refused(std::errc::connection_refused, "it says");
        case 6:
            return to.refused(std::errc::timed_out, "the time to live expired on the way");
        case 7:
            return to.refused(std::errc::operation_not_supported, "it makes no connections");
        case 8:
            return to.refused(std::errc::address_family_not_supported, "it says");
        default:
            return to.refused(std::errc::io_error, "its reply is number " + std::to_string(reply));
    }
}

/// The rest of a reply: the address that the proxy connects from, which nobody needs.
task<> pass_address(stream& line, std::uint8_t kind, const target& to) {
    std::size_t size = kind == ipv4 ? 4 : 16;
    if (kind == name) {
        std::uint8_t length = 0;
        co_await fill(line, mutable_buffer(&length, 1), to);
        size = length;
    } else if (kind != ipv4 && kind != ipv6) {
        throw to.garbled("its reply has an address of kind " + std::to_string(kind));
    }
    std::array<std::uint8_t, 255 + 2> ignored{};
    co_await fill(line, mutable_buffer(ignored.data(), size + 2), to);
}

}  // namespace

task<> socks5(stream& line, const target& to) {
    co_await greet(line, to);
    const std::string question = request(to);
    co_await line.write(const_buffer(question));
    std::array<std::uint8_t, 4> reply{};
    co_await fill(line, mutable_buffer(reply), to);
    if (reply[0] != 5) throw to.garbled("its reply is not one of SOCKS 5");
    if (reply[1] != 0) throw refusal(reply[1], to);
    co_await pass_address(line, reply[3], to);
}

}  // namespace zocalo::io::detail
