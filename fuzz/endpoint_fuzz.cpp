// SPDX-License-Identifier: MIT
// Endpoints from text and from raw sockaddrs: only the declared error; what is printed is one line,
// and is read back the same.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "require.hpp"
#include "zocalo/net/endpoint.hpp"

namespace net = zocalo::net;

namespace {

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
}

/// What escaped() has changed in the path of a Unix endpoint stays changed.
bool is_read_back(const net::endpoint& where) {
    return where.is_inet() || where.family() == net::family::vsock ||
           (where.family() == net::family::local && is_plain(where.path()));
}

template <class Ask>
void only_declared_errors(Ask ask) {
    try {
        ask();
    } catch (const std::invalid_argument&) {  // declared
    }
}

void look_at(const net::endpoint& where) {
    const std::string text = where.to_string();
    require(
        std::ranges::all_of(text, [](char c) { return c != '\n' && c != '\0' && c != '\x1B'; }));
    only_declared_errors([&] { (void)where.ip(); });
    only_declared_errors([&] { (void)where.port(); });
    only_declared_errors([&] { (void)where.flow_info(); });
    only_declared_errors([&] { (void)where.path(); });
    only_declared_errors([&] { (void)where.packet(); });
    only_declared_errors([&] { (void)where.netlink(); });
    only_declared_errors([&] { (void)where.vsock(); });
    (void)std::hash<net::endpoint>{}(where);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    only_declared_errors([&] {
        const auto where =
            net::endpoint::parse(std::string(reinterpret_cast<const char*>(data), size));
        look_at(where);
        if (is_read_back(where)) require(net::endpoint::parse(where.to_string()) == where);
    });
    only_declared_errors(
        [&] { look_at(net::endpoint::raw(std::as_bytes(std::span(data, size)))); });
    return 0;
}
