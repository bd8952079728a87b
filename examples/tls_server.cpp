// SPDX-License-Identifier: MIT
// tls_server PORT [CHAIN.pem KEY.pem [CLIENTS.pem]]: greets browsers over TLS.
// Without files it makes a certificate for development and prints it. With CLIENTS.pem clients have
// to show a certificate of one of these authorities.
#include <iostream>

#include "zocalo/io/any.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/tls/info.hpp"
#include "zocalo/tls/stream.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

io::task<> greet(io::stream plain, tls::server_context context) {
    try {
        io::stream peer = co_await tls::accept(std::move(plain), context);
        io::reader from(peer);
        co_await from.read_until("\r\n\r\n", 8192);
        const tls::info agreed = tls::get_info(peer);
        std::string page = "HTTP/1.0 200 OK\r\n\r\nHello over ";
        page += to_text(agreed.version);
        if (!agreed.certificate.empty()) page += " to " + agreed.certificate.subject();
        co_await peer.write(page + (agreed.resumed ? ", again\n" : "\n"));
        co_await peer.finish();
    } catch (const std::exception& error) {  // one client's failure is no other's
        std::cerr << error.what() << std::endl;
    }
}

io::task<> serve(io::listener& listener, io::scope& clients, tls::server_context context) {
    for (;;)
        clients.spawn(greet(co_await listener.accept(), context));
}

io::task<> run(std::string port, tls::server_context context, io::signals& signals) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:" + port));
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    io::scope clients;
    co_await io::any(clients.run(serve(listener, clients, context)), signals.next());
}

int main(int count, char** arguments) {
    io::signals signals;
    const std::vector<std::string> given(arguments + 1, arguments + count);
    tls::server_options options;
    options.credentials = tls::development_certificate({"localhost", "127.0.0.1"});
    if (given.size() > 2) options.credentials = tls::credentials::load(given[1], given[2]);
    if (given.size() < 3) std::cout << options.credentials.certificate().pem();
    if (given.size() > 3) {
        options.client_certificates = tls::client_certificates::required;
        options.trust.files = {given[3]};
    }
    io::loop().run(run(given.at(0), tls::server_context(options), signals));
}
