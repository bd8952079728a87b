// SPDX-License-Identifier: MIT
// Prints what is at some paths of a server, asked for on one connection as long as that goes on.
//
//     http_fetch HOST:PORT PATH...
#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/client_connection.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace std::chrono_literals;

io::task<> fetch(http::client_connection& server, std::string host, std::string path) {
    server.send({.target = path, .fields = {{"Host", host}, {"Accept", "*/*"}}});
    co_await server.receive();
    std::cerr << path << ": " << server.response().status << ", "
              << zocalo::escaped(server.response().fields.get("Content-Type")) << '\n';
    for (;;) {
        const zocalo::const_buffer piece = co_await server.read();
        if (piece.empty()) break;
        std::cout << piece.text();
    }
}

io::task<> fetch_all(std::string host, std::span<char*> paths) {
    std::unique_ptr<http::client_connection> server;
    for (const std::string path : paths) {
        if (!server || !server->is_idle()) {
            io::stream line = co_await io::connect(net::host_port::parse(host), {.timeout = 10s});
            server = std::make_unique<http::client_connection>(std::move(line));
        }
        co_await io::timeout(60s, fetch(*server, host, path));
    }
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3) {
        std::cerr << "usage: http_fetch HOST:PORT PATH...\n";
        return 2;
    }
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    fetch_all(argv[1], arguments.subspan(2)).get();
} catch (const std::exception& error) {
    std::cerr << "http_fetch: " << error.what() << '\n';
    return 1;
}
