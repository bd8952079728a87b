// SPDX-License-Identifier: MIT
// Serves a folder to Gopher clients, in the clear and with TLS at the same port, until Ctrl-C.
//
//     gopher_server FOLDER [ADDRESS:PORT [CERTIFICATE KEY]]
#include <iostream>

#include "zocalo/gopher/server.hpp"
#include "zocalo/serve/run.hpp"

namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;

namespace {

/// Answers searches: here, with the question.
io::task<gopher::menu> search(std::string selector, std::string words) {
    gopher::menu found;
    found.push_back(gopher::info("You have asked " + selector + " for: " + words));
    co_return found;
}

}  // namespace

int main(int count, char** given) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    if (count < 2) throw std::invalid_argument("gopher_server FOLDER [ADDRESS:PORT]");
    gopher::server_options options;
    if (count > 4) {
        tls::server_options secret;
        secret.credentials = tls::credentials::load(given[3], given[4]);
        options.tls = tls::server_context(secret);
    }
    const auto folder = gopher::make_folder({.path = given[1], .search = search});

    serve::run_options how;
    how.addresses = {net::endpoint::parse(count > 2 ? given[2] : "127.0.0.1:7070")};
    how.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at gopher://" << where.front() << "/\n";
    };
    serve::run(gopher::talk(folder, options), how);
} catch (const std::exception& error) {
    std::cerr << "gopher_server: " << error.what() << '\n';
    return 1;
}
