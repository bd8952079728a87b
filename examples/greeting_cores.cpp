// SPDX-License-Identifier: MIT
// Thanks everybody who connects, on every core, until Ctrl-C.
//
//     greeting_cores [ADDRESS:PORT]
#include <iostream>

#include "zocalo/serve/run.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

namespace {

/// The whole protocol. What a server does beside it, run() does: limits, errors, an orderly end.
io::task<> thank(serve::connection& client) {
    co_await client.stream().write("Thank you for connecting");
}

}  // namespace

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    serve::run_options options;
    options.addresses = {net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:40674")};
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "listening on " << where.front() << '\n';
    };
    const serve::counters counted = serve::run(thank, options);
    std::cout << counted.accepted << " clients, " << counted.bytes_sent << " bytes\n";
    return 0;
} catch (const std::exception& error) {
    std::cerr << "greeting_cores: " << error.what() << '\n';
    return 1;
}
