// SPDX-License-Identifier: MIT
// Prints what is at a Gopher URL, asked for through proxies:
//
//     gopher_probe PROXY... URL AUTHORITIES.pem
#include <iostream>
#include <string>

#include "zocalo/gopher/client.hpp"

int main(int count, char** arguments) try {
    namespace gopher = zocalo::gopher;
    if (count < 3) throw std::invalid_argument("gopher_probe PROXY... URL AUTHORITIES.pem");
    gopher::client_options options;
    for (int i = 1; i < count - 2; ++i)
        options.proxies.push_back(zocalo::io::proxy::parse(arguments[i]));
    zocalo::tls::client_options secure;
    secure.trust.files = {arguments[count - 1]};
    options.tls = zocalo::tls::client_context(secure);
    const gopher::client client(options);
    std::cout << client.fetch(arguments[count - 2]).get().data;
} catch (const std::exception& error) {
    std::cerr << "gopher_probe: " << error.what() << '\n';
    return 1;
}
