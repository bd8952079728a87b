// SPDX-License-Identifier: MIT
// Answers questions about addresses and networks, for tests that compare with other programs.
//
// Each line of the input is a verb and a text in hexadecimal; each gets a line of output, which is
// `!` when the text is refused.
#include <iostream>
#include <string>

#include "zocalo/core/number.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/network.hpp"

namespace net = zocalo::net;

namespace {

std::string from_hex(std::string_view digits) {
    std::string text;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        text +=
            static_cast<char>(zocalo::from_digits<unsigned char>(digits.substr(i, 2), 16).value());
    return text;
}

std::string flags_of(const net::address& ip) {
    std::string flags;
    if (ip.is_private()) flags += " private";
    if (ip.is_multicast()) flags += " multicast";
    if (ip.is_loopback()) flags += " loopback";
    if (ip.is_link_local()) flags += " link-local";
    if (ip.is_unspecified()) flags += " unspecified";
    return flags;
}

std::string list_of(const auto& networks) {
    std::string text;
    for (const net::network& one : networks)
        text += one.to_string() + ' ';
    return text;
}

std::string describe(const net::network& it) {
    return it.to_string() + ' ' + it.last().to_string() + ' ' + it.netmask().to_string() + ' ' +
           it.hosts().to_string() + ' ' + it.supernet().to_string();
}

std::string answer(std::string_view verb, std::string_view text) {
    if (verb == "address") {
        const auto ip = net::address::parse(text);
        return ip.to_string() + ' ' + ip.exploded() + ' ' + ip.reverse_pointer();
    }
    if (verb == "kind") return flags_of(net::address::parse(text));
    if (verb == "liberal") return net::address::parse_liberal(text).to_string();
    if (verb == "endpoint") return net::endpoint::parse(text).to_string();
    if (verb == "network") return describe(net::network::parse(text));
    if (verb == "subnets") {
        const auto it = net::network::parse(text);
        return list_of(it.subnets(it.prefix() + 3));
    }
    if (verb == "range") return list_of(net::address_range::parse(text).summarise());
    throw std::logic_error("unknown verb");
}

}  // namespace

int main() {
    std::string verb;
    std::string digits;
    while (std::cin >> verb) {
        std::getline(std::cin >> std::ws, digits);
        try {
            std::cout << answer(verb, from_hex(digits == "-" ? "" : digits)) << '\n';
        } catch (const std::invalid_argument&) {
            std::cout << "!\n";
        }
    }
}
