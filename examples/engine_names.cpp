// SPDX-License-Identifier: MIT
// engine_names: a resolver that knows names of its own.
#include <iostream>

#include "zocalo/io/name_service.hpp"
#include "zocalo/io/override.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace std::chrono_literals;

/// Knows the machines below "home"; everybody else knows the rest.
class at_home : public io::name_service {
 public:
    bool takes(std::string_view name) const override { return name.ends_with(".home"); }
    io::task<net::dns::answer> ask(std::string name, net::dns::type which) override {
        std::vector<net::address> known;
        if (name == "printer.home") known.push_back(net::address::parse("192.0.2.7"));
        co_return net::dns::answer_with(name, which, known, 60s);
    }
};

int main() {
    io::resolver names({.services = {std::make_shared<at_home>()},
                        .hosts = {io::host_override::parse("camera.home:80:192.0.2.8")}});
    for (const char* host : {"printer.home", "camera.home", "127.0.0.1"}) {
        for (const net::address& each : names.addresses(host, net::family::unspecified, 80).get())
            std::cout << host << ": " << each.to_string() << '\n';
    }
    try {
        (void)names.addresses("fridge.home").get();
    } catch (const std::system_error& error) {
        std::cout << "fridge.home: none: " << std::boolalpha
                  << (error.code() == net::name_errc::no_name) << '\n';
    }
}
