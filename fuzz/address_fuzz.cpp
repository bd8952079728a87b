// SPDX-License-Identifier: MIT
// Addresses from text: only the declared error; what is printed is read back the same; the C
// library's inet_pton() and inet_aton() agree.
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "require.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/hardware_address.hpp"

namespace net = zocalo::net;

namespace {

bool same(const std::optional<net::address>& ours, bool accepted, const unsigned char* bytes) {
    return ours.has_value() == accepted &&
           (!ours || std::ranges::equal(ours->bytes(), std::span(bytes, ours->bytes().size())));
}

void agrees_with_inet_pton(const std::string& text, const std::optional<net::address>& ours) {
    if (text.find_first_of(std::string_view("%\0", 2)) != std::string::npos) return;
    unsigned char bytes[16];
    const int family = text.find(':') != std::string::npos ? AF_INET6 : AF_INET;
    require(same(ours, ::inet_pton(family, text.c_str(), bytes) == 1, bytes));
}

/// It takes no IPv6 and passes over what follows white space.
void agrees_with_inet_aton(const std::string& text, const std::optional<net::address>& ours) {
    if (text.find_first_of(std::string_view(": \t\n\v\f\r\0", 8)) != std::string::npos) return;
    in_addr ip;
    const bool accepted = ::inet_aton(text.c_str(), &ip) != 0;
    require(same(ours, accepted, reinterpret_cast<const unsigned char*>(&ip)));
}

void reads_what_it_prints(const net::address& ip) {
    require(net::address::parse(ip.to_string()) == ip);
    require(net::address::parse(ip.exploded()) == ip);
    require(ip.mapped().unmapped() == ip.unmapped());
    require(!(ip.is_private() && ip.is_global()));
    require(!ip.reverse_pointer().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto strict = net::address::try_parse(text);
    const auto liberal = net::address::try_parse_liberal(text);
    agrees_with_inet_pton(text, strict);
    agrees_with_inet_aton(text, liberal);
    if (strict) require(strict == liberal);
    if (liberal) reads_what_it_prints(*liberal);
    try {
        require(net::address::parse(text) == strict);
    } catch (const std::invalid_argument&) {
        require(!strict);
    }
    if (const auto hardware = net::hardware_address::try_parse(text)) {
        require(net::hardware_address::parse(hardware->to_string()) == *hardware);
    }
    return 0;
}
