// SPDX-License-Identifier: MIT
// Prints what is at a Gopher URL: menus as lists of URLs, everything else as it is.
//
//     gopher_client URL [AUTHORITIES.pem]
#include <iostream>

#include "zocalo/core/escape.hpp"
#include "zocalo/gopher/client.hpp"

namespace gopher = zocalo::gopher;
namespace tls = zocalo::tls;

namespace {

void print(const gopher::location& here, const gopher::item& item) {
    std::cout << zocalo::escaped(item.name);  // whatever a server says moves no cursor
    if (const auto url = item.external_url()) {
        std::cout << "  <" << zocalo::escaped(*url) << '>';
    } else if (transfer_of(item.type) != gopher::transfer::nothing) {
        std::cout << "  <" << here.of(item) << '>';
    }
    std::cout << '\n';
}

}  // namespace

int main(int count, char** given) try {
    if (count < 2) throw std::invalid_argument("gopher_client URL [AUTHORITIES.pem]");
    gopher::client_options options;
    if (count > 2) {
        tls::client_options secret;
        secret.trust.files = {given[2]};
        options.tls = tls::client_context(secret);
    }
    const gopher::client client(options);
    const auto here = gopher::location::parse(given[1]);

    if (transfer_of(here.type) == gopher::transfer::menu) {
        for (const gopher::item& item : client.menu(here).get())
            print(here, item);
        return 0;
    }
    const gopher::answer got = client.fetch(here).get();
    std::cout << got.data;
    const bool is_text = transfer_of(here.type) == gopher::transfer::text;
    if (is_text && !got.complete) std::cerr << "the text has no end: there may be more of it\n";
    return got.is_error ? 1 : 0;
} catch (const std::exception& error) {
    std::cerr << "gopher_client: " << error.what() << '\n';
    return 1;
}
