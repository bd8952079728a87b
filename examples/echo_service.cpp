// SPDX-License-Identifier: MIT
// Tells everybody who he is and repeats what he says: on every core, started by hand or by systemd,
// replaced without losing a connection.
//
//     echo_service [ADDRESS:PORT [PROXY-NETWORK [HAND-OVER-PATH]]]
#include <chrono>
#include <iostream>
#include <string>

#include "zocalo/serve/run.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace std::chrono_literals;

io::task<> echo(serve::connection& client) {
    const std::string hello = "You are " + client.peer().to_string() + "\n";
    co_await client.stream().write(hello);
    for (;;) {
        const io::chunk said = co_await client.stream().read();
        if (said.empty()) co_return;
        co_await client.stream().write(said.text());
    }
}

}  // namespace

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    serve::run_options options;
    options.addresses = {net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:40676")};
    if (argc > 2) options.fleet.server.proxies.from = {net::network::parse(argv[2])};
    if (argc > 3) options.hand_over = argv[3];
    options.fleet.server.limits.drain = 10s;
    options.ready = [](std::span<const net::endpoint> where) {
        for (const net::endpoint& one : where)
            std::cout << "serving at " << one << '\n';
    };
    options.reload = [](serve::fleet&) { std::cout << "nothing to read again\n"; };
    const serve::counters done = serve::run(echo, options);
    std::cout << done.handled << " of " << done.accepted << " connections ended well\n";
} catch (const std::exception& error) {
    std::cerr << "echo_service: " << error.what() << '\n';
    return 1;
}
