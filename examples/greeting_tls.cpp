// SPDX-License-Identifier: MIT
// Thanks everybody who connects with TLS, until Ctrl-C. Its certificate is made on the spot, and
// written to a file for those who are to trust it.
//
//     greeting_tls [ADDRESS:PORT [CERTIFICATE]]
//     openssl s_client -quiet -connect localhost:40674 -CAfile greeting.pem -verify_return_error
#include <fstream>

#include "greeting.hpp"

#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/tls/stream.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

namespace {

/// A handshake first; what comes out is a stream like any other.
io::task<> thank(io::stream client, tls::server_context context) try {
    co_await greeting::thank(co_await tls::accept(std::move(client), context));
} catch (const std::system_error& error) {
    std::cerr << error.what() << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;
    const auto where = net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:40674");
    const auto ourselves = tls::development_certificate({"localhost", "127.0.0.1", "::1"});
    std::ofstream(argc > 2 ? argv[2] : "greeting.pem") << ourselves.chain_pem();

    tls::server_options options;
    options.credentials = ourselves;
    const tls::server_context context(options);
    const auto handle = [&](io::stream client) { return thank(std::move(client), context); };
    io::signals ctrl_c;
    io::loop{}.run(io::any(greeting::serve(where, handle), ctrl_c.next()));
} catch (const std::exception& error) {
    std::cerr << "greeting_tls: " << error.what() << '\n';
    return 1;
}
