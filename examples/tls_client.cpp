// SPDX-License-Identifier: MIT
// tls_client HOST PORT [AUTHORITIES.pem [CHAIN.pem KEY.pem]]: gets a page, and blocks meanwhile.
#include <iostream>

#include "zocalo/net/connect.hpp"
#include "zocalo/tls/info.hpp"
#include "zocalo/tls/stream.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

int main(int count, char** arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    try {
        tls::client_options options;
        if (given.size() > 2) options.trust.files = {given[2]};
        if (given.size() > 4) options.credentials = tls::credentials::load(given[3], given[4]);
        const tls::client_context context(options);

        io::stream plain(net::create_connection({given.at(0), given.at(1)}));
        io::stream server = tls::connect(std::move(plain), context, given.at(0)).get();
        const tls::info agreed = tls::get_info(server);
        std::cerr << to_text(agreed.version) << ", " << agreed.cipher << ", "
                  << agreed.certificate.subject() << '\n';

        server.write("GET / HTTP/1.0\r\nHost: " + given.at(0) + "\r\n\r\n").get();
        for (;;) {
            const io::chunk part = server.read().get();
            if (part.empty()) break;
            std::cout << part.text();
        }
        server.finish().get();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
