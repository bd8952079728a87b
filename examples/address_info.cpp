// SPDX-License-Identifier: MIT
// Shows the name of this machine, and how a host and service can be reached.
//
//     address_info [NAME [SERVICE]]
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/names.hpp"
#include "zocalo/net/resolve.hpp"

namespace net = zocalo::net;

int main(int argc, char** argv) try {
    const std::string name = argc > 1 ? argv[1] : "localhost";
    const std::string service = argc > 2 ? argv[2] : "http";

    std::cout << "This machine is " << zocalo::escaped(net::gethostname()) << '\n';

    // A name may have several addresses, and each may be reached in several ways; the best one is
    // the first. Only name servers know most of them, so this may take a while.
    for (const net::resolved& found : net::getaddrinfo(name, service)) {
        std::cout << found.family << ' ' << found.type << ' ' << found.protocol << ' '
                  << found.endpoint << '\n';
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "address_info: " << error.what() << '\n';
    return 1;
}
